import type { Kysely } from 'kysely';
import { rehearseOf, type CallContract, type ServiceName } from '@fidelis/contracts';
import type { RecordedEvent } from '@fidelis/event-store';
import { OperationalError, type Clock, type Eventually } from '@fidelis/kernel';
import type { MessageBus } from '@fidelis/messaging';
import {
  answering,
  CallTable,
  type AnsweredCall,
  type CallOptions,
  type ServiceCalls,
} from '@fidelis/service-calls';
import { Platform, RuntimeRegistry } from '../platform';
import { RehearsedStore } from './rehearsed-store';

/**
 * What a service stands on in a dry run: everything as it is, but what is written stays here. A
 * service put together on it decides by the same code as ever. Nothing follows its feed: views,
 * processes and topics do not see it.
 */
export class RehearsedPlatform extends Platform {
  readonly clock: Clock;
  readonly eventStore: RehearsedStore;
  readonly calls: ServiceCalls;
  readonly callTable = new CallTable();
  readonly bus: MessageBus;
  readonly runtimes = new RuntimeRegistry();
  readonly onBackgroundError: Platform['onBackgroundError'];

  /** `carried`: what the rehearsal wrote before it came to this service. */
  constructor(
    private readonly live: Platform,
    carried: readonly RecordedEvent[] = [],
  ) {
    super();
    this.clock = live.clock;
    this.eventStore = new RehearsedStore(live.eventStore, carried);
    this.calls = new RehearsedCalls(live.calls, this.eventStore);
    this.bus = live.bus;
    this.onBackgroundError = live.onBackgroundError;
  }

  /** Asked for only when it is wanted: separate processes have none. */
  get dataDir(): string {
    return this.live.dataDir;
  }

  /** To read. */
  readModel<Tables>(service: ServiceName): Kysely<Tables> {
    return this.live.readModel<Tables>(service);
  }

  /** To read: a service that writes some gives its rehearsal another place. */
  privateData<Tables>(service: ServiceName, name: string): Kysely<Tables> {
    return this.live.privateData<Tables>(service, name);
  }
}

/** Asks others to rehearse too. One question at a time: each builds on what the last one wrote. */
class RehearsedCalls implements ServiceCalls {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly live: ServiceCalls,
    private readonly store: RehearsedStore,
  ) {}

  call<Request, Answer>(
    contract: CallContract<Request, Answer>,
    request: Request,
    options?: CallOptions,
  ): Eventually<Answer> {
    if (contract.standing === true) return this.live.call(contract, request, options);
    const ask = async (): Promise<Answer> => {
      const { service, name } = contract;
      const written = this.store.toCarry();
      const question = { name, request, written };
      const rehearsed = await this.live.call(rehearseOf(service), question, options);
      this.store.adopt(rehearsed.written as readonly RecordedEvent[]);
      return rehearsed.answer as Answer;
    };
    const answer = this.last.then(ask, ask);
    this.last = answer;
    return answer;
  }
}

export interface RehearsableService {
  readonly service: ServiceName;
  readonly platform: Platform;
  /** Puts the service together on another platform, where it registers what it answers. */
  readonly rehearse: (platform: Platform) => void;
}

/** How a service answers in others' dry runs. */
export function rehearsing({ service, platform, rehearse }: RehearsableService): AnsweredCall {
  return answering(rehearseOf(service), async ({ name, request, written }) => {
    const rehearsed = new RehearsedPlatform(platform, written as readonly RecordedEvent[]);
    rehearse(rehearsed);
    const handler = rehearsed.callTable.findByPath(service, name);
    if (handler === undefined) throw new OperationalError(`${service} does not answer ${name}`);
    const answer = await handler(request);
    return { answer, written: rehearsed.eventStore.news };
  });
}
