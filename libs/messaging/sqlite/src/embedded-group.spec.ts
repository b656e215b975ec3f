import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineMessage } from '@fidelis/contracts';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { ContractError } from '@fidelis/kernel';
import {
  aesCipher,
  definePublisher,
  outgoing,
  waitForHead,
  type Consumer,
  type ReceivedMessage,
} from '@fidelis/messaging';
import { EmbeddedBus, type EmbeddedBusOptions } from './embedded-bus';

const ParcelSentV1 = defineMessage<{ to: string }>('post.parcel-sent.v1', 'loyalty.post.parcel.v1');
const publisher = definePublisher({
  service: 'post',
  categories: ['parcel'],
  topic: 'loyalty.post.parcel.v1',
  toMessages: ({ data, stream }) => {
    if (data.to === 'nowhere') throw new TypeError('no mapping for this address');
    return [outgoing(ParcelSentV1, { key: stream, data: { to: data.to as string } })];
  },
});

let folder: string;
let store: MemoryEventStore;
let revision: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fidelis-bus-'));
  store = new MemoryEventStore();
  revision = -1;
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function open(options: Partial<EmbeddedBusOptions> = {}): EmbeddedBus {
  const cipher = aesCipher(new Uint8Array(32).fill(9));
  const file = join(folder, 'bus.db');
  return new EmbeddedBus({
    store,
    publishers: [publisher],
    file,
    cipher,
    checkData: true,
    ...options,
  });
}

async function send(to: string): Promise<void> {
  const { accepted, durable } = store.append({
    stream: 'parcel-1',
    expectedRevision: revision === -1 ? 'no-stream' : revision,
    events: [
      {
        ...{ id: randomUUID(), type: 'ParcelSent', data: { to } },
        metadata: { recordedAt: '2026-11-22T10:00:00.000Z', operationId: `o-${revision + 1}` },
      },
    ],
  });
  await Promise.all([accepted, durable]);
  revision += 1;
}

function consumer(handle: Consumer['handle']): Consumer {
  return { group: 'depot.sort', contracts: [ParcelSentV1], mode: 'each', handle };
}

describe('the embedded bus', () => {
  it('keeps no readable byte of a dead letter on the disk', async () => {
    const bus = open();
    await bus.start([consumer(() => Promise.reject(new ContractError('unknown')))]);
    await send('Zoë Confidential');
    await waitForHead(bus, { timeoutMs: 5_000 });
    const [letter] = await bus.deadLetters.list();
    await bus.close();

    expect(Buffer.from(letter?.bytes ?? []).toString('utf8')).toContain('Zoë Confidential');
    for (const file of readdirSync(folder)) {
      expect(readFileSync(join(folder, file)).includes('Confidential')).toBe(false);
    }
  });

  it('still lists a dead letter whose key was lost, without its bytes', async () => {
    const bus = open();
    await bus.start([consumer(() => Promise.reject(new ContractError('unknown')))]);
    await send('here');
    await waitForHead(bus, { timeoutMs: 5_000 });
    await bus.close();

    const later = open({ cipher: aesCipher(new Uint8Array(32).fill(8)) });
    const [letter] = await later.deadLetters.list();
    expect(letter?.bytes).toBeUndefined();
    expect(letter?.reason).toBe(
      'ContractError: unknown (the dead letter cannot be decrypted with this key)',
    );
    expect(await later.deadLetters.retry(letter?.id ?? '')).toBe('not-found');
    await later.close();
  });

  it('gathers on a busy feed what nobody waits for, until somebody does', async () => {
    const bus = open();
    const sorted: string[] = [];
    const sort = ([message]: readonly ReceivedMessage[]): Promise<void> => {
      sorted.push((message?.data as { to: string }).to);
      return Promise.resolve();
    };
    // Busy is a feed with 200 events between two waits.
    for (let parcel = 0; parcel < 200; parcel += 1) await send(`house ${parcel}`);
    await bus.start([{ ...consumer(sort), lingerMs: 60_000 }]);
    const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
    while (sorted.length < 200) await pause();
    await send('there');
    await pause();
    expect(sorted).toHaveLength(200);
    await waitForHead(bus, { timeoutMs: 5_000 });
    expect(sorted.at(-1)).toBe('there');
    await bus.close();
  });

  it('ends the process at an event that its service cannot publish, and never passes it', async () => {
    const defects: unknown[] = [];
    const bus = open({ onDefect: (error) => defects.push(error) });
    const sorted: string[] = [];
    const sort = async ([message]: readonly ReceivedMessage[]): Promise<void> => {
      sorted.push((message?.data as { to: string }).to);
      return Promise.resolve();
    };
    await bus.start([consumer(sort)]);
    await send('here');
    await waitForHead(bus, { timeoutMs: 5_000 });
    await send('nowhere');
    await send('there');
    while (defects.length === 0) await new Promise((done) => setTimeout(done, 2));
    await bus.close();

    expect(defects).toEqual([new TypeError('no mapping for this address')]);
    const mended = open({
      publishers: [{ ...publisher, toMessages: (event) => mend(event.data.to as string) }],
    });
    await mended.start([consumer(sort)]);
    await waitForHead(mended, { timeoutMs: 5_000 });
    await mended.close();
    expect(sorted).toEqual(['here', 'nowhere', 'there']);
  });

  it('leaves a group idle whose topics nobody here publishes', async () => {
    const bus = open({ publishers: [] });
    await bus.start([consumer(() => Promise.reject(new Error('not called')))]);
    await send('here');

    expect(await bus.reachedHead('depot.sort')).toBe(true);
    expect(bus.status()).toMatchObject([{ group: 'depot.sort', position: '-1', handled: 0 }]);
    await bus.close();
  });

  it('does not know groups that do not run here', async () => {
    const bus = open();
    await bus.start([]);
    await expect(bus.reachedHead('depot.sort')).rejects.toThrow('depot.sort does not run here');
    await expect(bus.start([])).rejects.toThrow('the bus was started already');
    await bus.close();
  });
});

const mend = (to: string) => [outgoing(ParcelSentV1, { key: 'parcel-1', data: { to } })];
