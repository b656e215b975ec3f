import { Body, Controller, Get, Put } from '@nestjs/common';
import { commonProblem, Endpoint, InstantString, notFound } from '@fidelis/http';
import { toInstant } from '@fidelis/kernel';
import { TimeTravel } from '../clock/time-travel';

class TestClockRequest {
  @InstantString() readonly now!: string;
}

class TestClockView {
  @InstantString() readonly now!: string;
}

@Controller('v1/test-clock')
export class TestClockController {
  constructor(private readonly time: TimeTravel) {}

  @Get()
  @Endpoint({
    summary: 'Get the time of the test clock',
    roles: ['backoffice', 'pos', 'finance', 'vendor', 'participant'],
    idempotency: 'none',
    answer: TestClockView,
  })
  get(): TestClockView {
    this.requireOn();
    return { now: this.time.now() };
  }

  @Put()
  @Endpoint({
    summary: 'Set the test clock',
    description:
      'On an empty data folder any instant, afterwards only forward. Answers when everything due up to the new instant has happened.',
    roles: [],
    idempotency: 'none',
    body: TestClockRequest,
    answer: TestClockView,
    problems: { not_found: 404, clock_backwards: 422 },
  })
  async set(@Body() body: TestClockRequest): Promise<TestClockView> {
    this.requireOn();
    const set = await this.time.moveTo(toInstant(body.now));
    if (set.outcome === 'set') return { now: set.now };
    throw commonProblem('clock_backwards', `it is ${set.now} already; time goes only forward`, {
      fields: { now: set.now },
    });
  }

  private requireOn(): void {
    if (!this.time.isOn) throw notFound('the test clock (FIDELIS_TEST_CLOCK)');
  }
}
