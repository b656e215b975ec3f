import { OperationalError } from '@fidelis/kernel';
import { defineMessage } from '@fidelis/contracts';
import { waitForHead } from '@fidelis/messaging';
import { MemoryBus } from './memory-bus';

const TickedV1 = defineMessage<object>('clock.ticked.v1', 'loyalty.clock.ticks.v1');

describe('waiting for the head', () => {
  it('ends with an operational error when a group does not get there', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const bus = new MemoryBus();
    await bus.start([
      { group: 'test.ticks', contracts: [TickedV1], mode: 'each', handle: () => gate },
    ]);
    bus.publish({
      ...{ id: '1', type: TickedV1.type, source: '/clock', time: '2026-11-22T10:00:00.000Z' },
      ...{ topic: TickedV1.topic, key: 'k', aggregate: 'tick-k', revision: 0, data: {} },
    });

    await expect(waitForHead(bus, { timeoutMs: 30 })).rejects.toThrow(
      new OperationalError('test.ticks has not reached the head in 30 ms'),
    );
    open();
    await waitForHead(bus, { timeoutMs: 2_000 });
    expect(bus.status()[0]?.handled).toBe(1);
    await bus.close();
  });
});
