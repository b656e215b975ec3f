import { defineMessage } from '@fidelis/contracts';
import { ContractError, OperationalError } from '@fidelis/kernel';
import { PartOfBatchFailed, REPEATED, type Consumer } from '../consumer';
import type { ReceivedMessage } from '../message';
import { encodeMessage } from '../wire';
import { Delivery, type DeliveryOrigin, type Failure } from './delivery';
import { GroupConsumer } from './group-consumer';
import type { DeliveryOptions } from './delivery-options';

const TickedV1 = defineMessage<{ n: number }>('clock.ticked.v1', 'loyalty.clock.ticks.v1');

class Source implements DeliveryOrigin {
  readonly done: string[] = [];
  readonly failures: string[] = [];
  refusals = 0;

  handled({ message }: Delivery): void {
    this.done.push(message?.id ?? '?');
  }

  async failed({ found }: Delivery, { error }: Failure): Promise<void> {
    await Promise.resolve();
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new OperationalError('the dead-letter topic is away');
    }
    this.failures.push(`${found.position} ${String(error)}`);
  }

  delivery(id: string, key: string, type = TickedV1.type): Delivery {
    const wire = encodeMessage({
      ...{ id, type, source: '/clock', time: '2026-11-22T10:00:00.000Z', key },
      ...{ topic: TickedV1.topic, aggregate: `tick-${key}`, revision: 0, data: { n: 1 } },
    });
    return Delivery.ofWire(wire, { topic: TickedV1.topic, position: id, key }, { origin: this });
  }
}

function groupOf(
  handle: Consumer['handle'],
  options: Partial<DeliveryOptions> & Partial<Pick<Consumer, 'mode' | 'everyType'>> = {},
): GroupConsumer {
  const { mode = 'batch', everyType = false, ...delivery } = options;
  const consumer: Consumer = {
    group: 'test.ticks',
    contracts: [TickedV1],
    mode,
    everyType,
    handle,
  };
  return new GroupConsumer('test.ticks', [consumer], {
    options: { backOffFirstMs: 1, backOffMaxMs: 2, ...delivery },
    hooks: { onProblem: () => undefined, onDefect: () => undefined },
  });
}

/** Longer than the 5 ms after which others have their turn. */
function keepTheEventLoop(): Promise<void> {
  const until = performance.now() + 8;
  while (performance.now() < until) continue;
  return Promise.resolve();
}

/** Enough keys for every lane. */
const manyOf = (source: Source): readonly Delivery[] =>
  Array.from({ length: 40 }, (_, n) => source.delivery(`key ${n}`, `key ${n}`));

const settled = async (group: GroupConsumer): Promise<void> => {
  while (group.inFlight > 0) await new Promise((done) => setTimeout(done, 1));
};

describe('the consumer of a group', () => {
  it('hands over what waits together, at most the batch size at once', async () => {
    const sizes: number[] = [];
    const handle = async (messages: readonly ReceivedMessage[]): Promise<void> => {
      sizes.push(messages.length);
      await Promise.resolve();
    };
    const group = groupOf(handle, { batchLanesMax: 1, batchSizeMax: 4 });
    const source = new Source();
    await group.accept(Array.from({ length: 10 }, (_, i) => source.delivery(String(i), `k${i}`)));
    await settled(group);

    expect(sizes).toEqual([4, 4, 2]);
    expect(group.handled).toBe(10);
  });

  it('knows whether its last call only repeated what had been done', async () => {
    const answers = [REPEATED, undefined, REPEATED];
    const group = groupOf(() => Promise.resolve(answers.shift()));
    const source = new Source();
    const repeating: boolean[] = [group.isRepeating];
    for (const id of ['1', '2', '3']) {
      await group.accept([source.delivery(id, 'k')]);
      await settled(group);
      repeating.push(group.isRepeating);
    }
    expect(repeating).toEqual([false, true, false, true]);
  });

  it('asks the source to wait while too much is in flight', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const group = groupOf(() => gate, { queuedMax: 4, batchLanesMax: 1 });
    const source = new Source();
    const four = ['1', '2', '3', '4'].map((id) => source.delivery(id, 'k'));
    let accepted = false;
    const accepting = group.accept(four).then(() => (accepted = true));
    await new Promise((done) => setTimeout(done, 20));
    expect([accepted, group.inFlight]).toEqual([false, 4]);
    open();
    await accepting;
    expect(group.inFlight).toBeLessThanOrEqual(2);
  });

  it('passes over types that it does not handle', async () => {
    const source = new Source();
    const group = groupOf(() => Promise.reject(new Error('not called')));
    await group.accept([source.delivery('1', 'k', 'clock.struck.v1')]);

    expect(source.done).toEqual(['1']);
  });

  it('may take a whole topic, whatever types it carries', async () => {
    const source = new Source();
    const seen: string[] = [];
    const handle = async ([message]: readonly ReceivedMessage[]): Promise<void> => {
      seen.push(message?.type ?? '');
      await Promise.resolve();
    };
    const group = groupOf(handle, { everyType: true, mode: 'each' });
    await group.accept([source.delivery('1', 'k', 'clock.struck.v1')]);
    await settled(group);
    expect(seen).toEqual(['clock.struck.v1']);
  });

  it('retries what a batch handler says of its one message, by that failure’s class', async () => {
    const source = new Source();
    const handle = async (messages: readonly ReceivedMessage[]): Promise<void> => {
      await Promise.resolve();
      const failures = new Map<ReceivedMessage, unknown>();
      for (const message of messages) {
        if (message.id === '1' && message.attempt < 4) {
          failures.set(message, new OperationalError('away'));
        }
        if (message.id === '2') failures.set(message, new ContractError('bad'));
      }
      if (failures.size > 0) throw new PartOfBatchFailed(failures);
    };
    const group = groupOf(handle, { unforeseenAttemptsMax: 1 });
    await group.accept(['1', '2', '3'].map((id) => source.delivery(id, id)));
    await settled(group);
    expect(source.done.sort()).toEqual(['1', '3']);
    expect(source.failures).toEqual(['2 ContractError: bad']);
  });

  it('never drops a message because its dead letter cannot be kept', async () => {
    const source = new Source();
    source.refusals = 3;
    const group = groupOf(() => Promise.reject(new Error('bug')), { unforeseenAttemptsMax: 1 });
    await group.accept([source.delivery('1', 'k')]);
    await settled(group);

    expect(source.failures).toEqual(['1 Error: bug']);
  });

  it('keeps the order of a key whose messages come while it recovers', async () => {
    const order: string[] = [];
    const handle = async ([message]: readonly ReceivedMessage[]): Promise<void> => {
      await Promise.resolve();
      if (message?.id === '1' && message.attempt < 4) throw new OperationalError('away');
      order.push(message?.id ?? '?');
    };
    const group = groupOf(handle, { mode: 'each', lanesMax: 1 });
    const source = new Source();
    await group.accept([source.delivery('1', 'k'), source.delivery('2', 'k')]);
    await new Promise((done) => setTimeout(done, 2));
    await group.accept([source.delivery('3', 'k'), source.delivery('4', 'other')]);
    await settled(group);

    expect(order.filter((id) => id !== '4')).toEqual(['1', '2', '3']);
    expect(order).toContain('4');
    expect(group.keysRetrying).toBe(0);
  });

  it('lets the event loop turn between handlers that keep it', async () => {
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const calledAt: number[] = [];
    const handle = (): Promise<void> => {
      calledAt.push(turns);
      return keepTheEventLoop();
    };
    const group = groupOf(handle, { batchLanesMax: 4 });
    const source = new Source();
    await group.accept(manyOf(source));
    await settled(group);
    counting = false;

    expect(source.done.length).toBe(40);
    expect(calledAt).toHaveLength(4);
    expect(new Set(calledAt).size).toBe(4);
  });

  it('hands over at once what waits alone, whichever lane it is in', async () => {
    const called: string[] = [];
    const handle = ([message]: readonly ReceivedMessage[]): Promise<void> => {
      called.push(message?.key ?? '?');
      return Promise.resolve();
    };
    for (const delivery of manyOf(new Source())) {
      const group = groupOf(handle, { mode: 'each', lanesMax: 16 });
      // Long after its last turn.
      await new Promise((done) => setTimeout(done, 6));
      const accepted = group.push([delivery]);
      expect(called.at(-1)).toBe(delivery.key);
      await accepted;
    }
  });

  it('calls nobody any more when it is closed between two lanes', async () => {
    let calls = 0;
    const handle = (): Promise<void> => {
      calls += 1;
      return keepTheEventLoop();
    };
    const group = groupOf(handle, { batchLanesMax: 4 });
    const source = new Source();
    const accepted = group.push(manyOf(source));
    await group.close();
    await accepted;

    expect(calls).toBe(1);
    expect(source.done.length).toBeLessThan(40);
    expect(group.inFlight).toBe(40 - source.done.length);
  });

  it('refuses two handlers of one type in one group', () => {
    const consumer: Consumer = {
      ...{ group: 'test.ticks', contracts: [TickedV1], mode: 'each' as const },
      handle: () => Promise.resolve(),
    };
    const hooks = { onProblem: () => undefined, onDefect: () => undefined };
    expect(() => new GroupConsumer('test.ticks', [consumer, consumer], { hooks })).toThrow(
      'test.ticks handles clock.ticked.v1 twice',
    );
  });
});
