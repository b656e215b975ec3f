import { Controller, Get } from '@nestjs/common';
import { answered, Endpoint, type Answered } from '@fidelis/http';
import { Health, Metrics, type CheckResult } from '@fidelis/observability';

interface HealthView {
  readonly status: 'ok' | 'failing';
  readonly checks: readonly CheckResult[];
}

@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Endpoint({ summary: 'Does the process live?', roles: 'public', idempotency: 'none' })
  async live(): Promise<Answered<HealthView>> {
    return toAnswer(await this.health.live());
  }

  @Get('health/ready')
  @Endpoint({ summary: 'Can it take requests?', roles: 'public', idempotency: 'none' })
  async ready(): Promise<Answered<HealthView>> {
    return toAnswer(await this.health.ready());
  }

  @Get('metrics')
  @Endpoint({
    summary: 'Prometheus metrics',
    roles: 'public',
    idempotency: 'none',
    answerTypes: ['text/plain'],
  })
  async scrape(): Promise<Answered<string>> {
    const text = await this.metrics.text();
    return answered(200, text, { 'content-type': this.metrics.contentType });
  }
}

function toAnswer(checks: readonly CheckResult[]): Answered<HealthView> {
  const ok = checks.every((check) => check.ok);
  return answered(ok ? 200 : 503, { status: ok ? 'ok' : 'failing', checks });
}
