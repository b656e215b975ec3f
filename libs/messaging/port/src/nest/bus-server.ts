import { Defect } from '@fidelis/kernel';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { inSpan, isTracing, startSpan } from '@fidelis/tracing';
import type { Consumer, ConsumerDefinition } from '../consumer';
import { CONSUMER } from '../consumes.decorator';
import type { ReceivedMessage } from '../message';
import type { MessageBus } from '../message-bus';

/**
 * Runs the `@Consumes` handlers of a Nest application on any `MessageBus`:
 * `app.connectMicroservice({ strategy: new BusServer(bus) })`.
 */
export class BusServer extends Server implements CustomTransportStrategy {
  // What a handler throws reaches the bus, which decides; Nest need not log it too.
  override readonly propagatesEventHandlerErrors = true;
  private readonly consumers = new Map<ConsumerDefinition, Consumer>();

  constructor(private readonly bus: MessageBus) {
    super();
  }

  // Nest's own chains all handlers of one pattern into one call, so groups would fail together.
  // A method of several contracts comes here once for each: one consumer all the same.
  override addHandler(
    ...[pattern, callback, isEventHandler, extras]: Parameters<Server['addHandler']>
  ): void {
    const definition = extras?.[CONSUMER] as ConsumerDefinition | undefined;
    if (definition === undefined || isEventHandler !== true) {
      throw new Defect(`${JSON.stringify(pattern)}: use @Consumes or @ConsumesBatch`);
    }
    this.consumers.set(definition, { ...definition, handle: toHandle(definition, callback) });
  }

  listen(callback: (error?: unknown) => void): void {
    this.bus.start([...this.consumers.values()]).then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await this.bus.close();
  }

  override on(): void {
    throw new Defect('the bus has no Nest events; see MessageBus.status');
  }

  override unwrap(): never {
    throw new Defect('the bus has no client of its own; inject the MessageBus');
  }
}

function toHandle(definition: ConsumerDefinition, callback: MessageHandler): Consumer['handle'] {
  if (definition.mode === 'batch') {
    return (messages) => inTraces(definition.group, messages, () => settled(callback(messages)));
  }
  return async ([message]: readonly ReceivedMessage[]) => {
    if (message === undefined) return;
    const { group } = definition;
    const { type, traceparent } = message;
    await inSpan({ name: `${group} ${type}`, kind: 'consumer', parent: traceparent }, () =>
      settled(callback(message.data, message)),
    );
  };
}

/** A batch is a trace of its own; besides, each message's trace has a span as long as the batch. */
async function inTraces(
  group: string,
  messages: readonly ReceivedMessage[],
  work: () => Promise<unknown>,
): Promise<unknown> {
  if (!isTracing()) return work();
  const spans = messages.flatMap(({ type, traceparent: parent }) =>
    parent === undefined ? [] : [startSpan({ name: `${group} ${type}`, kind: 'consumer', parent })],
  );
  try {
    const outcome = await inSpan({ name: `${group} batch`, kind: 'consumer' }, work);
    for (const span of spans) span.end();
    return outcome;
  } catch (error) {
    for (const span of spans) span.end(error);
    throw error;
  }
}

/** Interceptors and filters answer with observables. */
async function settled(result: Promise<unknown>): Promise<unknown> {
  const value = await result;
  return isObservable(value) ? lastValueFrom(value, { defaultValue: undefined }) : value;
}
