import {
  BadRequestException,
  Controller,
  Get,
  Injectable,
  Module,
  UseInterceptors,
  type CallHandler,
  type LogLevel,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { map, type Observable } from 'rxjs';
import { defineMessage } from '@fidelis/contracts';
import { ContractError, Defect, OperationalError } from '@fidelis/kernel';
import {
  BusServer,
  Consumes,
  ConsumesBatch,
  isMessageOf,
  type BusProblem,
  type MessageContext,
  type ReceivedMessage,
} from '@fidelis/messaging';
import { MemoryBus } from './memory-bus';

interface Parcel {
  readonly parcelId: string;
}

const PARCELS = 'loyalty.post.parcel.events.v1';
const ParcelSentV1 = defineMessage<Parcel>('post.parcel-sent.v1', PARCELS);
const ParcelLostV1 = defineMessage<Parcel>('post.parcel-lost.v1', PARCELS);

const seen: string[] = [];
let sequence = 0;

@Injectable()
class Doubles implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    seen.push('intercepted');
    return next.handle().pipe(map((value: unknown) => [value, value]));
  }
}

@Controller()
class TrackingConsumer {
  @Consumes(ParcelSentV1, { group: 'tracking.note-parcels' })
  async onSent({ parcelId }: Parcel, context: MessageContext): Promise<void> {
    await Promise.resolve();
    if (parcelId === 'late' && context.attempt < 3) throw new OperationalError('not yet');
    if (parcelId === 'bad') throw new ContractError('no such parcel');
    if (parcelId === 'refused') throw new BadRequestException('parcelId must be a UUID');
    if (parcelId === 'broken') throw new Defect('parcels do not balance');
    seen.push(`tracking ${parcelId} ${context.key} ${context.attempt}`);
  }

  @UseInterceptors(Doubles)
  @Consumes(ParcelLostV1, { group: 'tracking.note-parcels' })
  async onLost({ parcelId }: Parcel): Promise<void> {
    await Promise.resolve();
    seen.push(`tracking lost ${parcelId}`);
  }

  @Get('/alive')
  alive(): string {
    return 'yes';
  }
}

@Controller()
class BillingConsumer {
  @ConsumesBatch([ParcelSentV1, ParcelLostV1], { group: 'billing.charge-parcels' })
  async onParcels(messages: readonly ReceivedMessage<Parcel>[]): Promise<void> {
    await Promise.resolve();
    const kinds = messages.map((message) =>
      isMessageOf(ParcelLostV1, message) ? `refund ${message.data.parcelId}` : 'charge',
    );
    seen.push(`billing ${kinds.join(', ')}`);
  }
}

@Controller()
class StrayConsumer {
  @EventPattern(['post.parcel-sent.v1'])
  onSent(): void {
    seen.push('stray');
  }
}

@Module({ controllers: [TrackingConsumer, BillingConsumer] })
class PostModule {}

@Module({ controllers: [StrayConsumer] })
class StrayModule {}

async function startApp(
  module: Type,
  { bus, log = ['error'] }: { bus: MemoryBus; log?: LogLevel[] },
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    logger: log,
    abortOnError: false,
  });
  app.connectMicroservice({ strategy: new BusServer(bus) });
  await app.startAllMicroservices();
  await app.init();
  return app;
}

function publish(bus: MemoryBus, { type, topic }: typeof ParcelSentV1, parcelId: string): void {
  sequence += 1;
  bus.publish({
    ...{ type, topic, data: { parcelId } },
    id: String(sequence),
    source: '/post',
    time: '2026-11-22T10:00:00.000Z',
    key: 'k',
    aggregate: 'parcel-k',
    revision: sequence,
  });
}

async function whenHandled(bus: MemoryBus): Promise<void> {
  for (const group of bus.groups) {
    while (!(await bus.reachedHead(group))) await new Promise((done) => setTimeout(done, 2));
  }
}

describe('handlers of a Nest application on the bus', () => {
  let app: NestFastifyApplication;
  let bus: MemoryBus;
  let problems: BusProblem[];
  let defects: unknown[];

  beforeEach(async () => {
    seen.length = 0;
    problems = [];
    defects = [];
    bus = new MemoryBus({
      delivery: { backOffFirstMs: 1, backOffMaxMs: 2 },
      onProblem: (problem) => problems.push(problem),
      onDefect: (error) => defects.push(error),
    });
    app = await startApp(PostModule, { bus });
  });

  afterEach(() => app.close());

  it('get the data and the context, or the whole batch', async () => {
    publish(bus, ParcelSentV1, 'p1');
    publish(bus, ParcelLostV1, 'p2');
    await whenHandled(bus);

    expect(seen.filter((line) => line.startsWith('tracking'))).toEqual([
      'tracking p1 k 1',
      'tracking lost p2',
    ]);
    expect(seen).toContain('billing charge, refund p2');
    expect(seen).toContain('intercepted');
  });

  it('of one message in two groups fail apart, each by its own error', async () => {
    publish(bus, ParcelSentV1, 'late');
    publish(bus, ParcelSentV1, 'bad');
    publish(bus, ParcelSentV1, 'refused');
    publish(bus, ParcelSentV1, 'p4');
    await whenHandled(bus);

    expect(seen.filter((line) => line.startsWith('tracking'))).toEqual([
      'tracking late k 3',
      'tracking p4 k 1',
    ]);
    expect(seen).toContain('billing charge, charge, charge, charge');
    const letters = await bus.deadLetters.list();
    expect(letters.map(({ group, reason, attempts }) => [group, reason, attempts])).toEqual([
      ['tracking.note-parcels', 'ContractError: no such parcel', 1],
      ['tracking.note-parcels', 'BadRequestException: parcelId must be a UUID', 1],
    ]);
    expect(problems.filter(({ kind }) => kind === 'retrying')).toHaveLength(2);
  });

  it('end the process with a broken invariant', async () => {
    publish(bus, ParcelSentV1, 'broken');
    while (defects.length === 0) await new Promise((done) => setTimeout(done, 2));

    expect(defects).toEqual([new Defect('parcels do not balance')]);
    expect(await bus.deadLetters.count()).toBe(0);
  });

  it('run beside HTTP in one application', async () => {
    const answer = await app.inject({ method: 'GET', url: '/alive' });
    expect(answer.payload).toBe('yes');
  });
});

describe('an application with a stray event handler', () => {
  it('does not start', async () => {
    await expect(startApp(StrayModule, { bus: new MemoryBus(), log: [] })).rejects.toThrow(
      '"post.parcel-sent.v1": use @Consumes or @ConsumesBatch',
    );
  });
});
