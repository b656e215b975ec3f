import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageContract } from '@fidelis/contracts';
import type { RecordedEvent } from '@fidelis/event-store';
import { eventIdOf } from '@fidelis/kernel';
import { encodeMessage, publicMessages, waitForHead, type Publisher } from '@fidelis/messaging';
import type { MemoryBus } from '@fidelis/messaging-memory';

const TAKEN_MS_MAX = 10_000;
const RECORDED_AT = '2026-11-22T10:00:05.000Z';
const FOLDER = join(__dirname, '../../contracts/golden');

/** One example of each public message, as it is on the wire: `libs/contracts/golden/<type>.json`. */
export interface Golden {
  readonly topic: string;
  readonly key: string;
  readonly wire: string;
}

export function goldenOf({ type, topic }: MessageContract<unknown>): Golden {
  const wire = readFileSync(join(FOLDER, `${type}.json`), 'utf8');
  const { partitionkey } = JSON.parse(wire) as { readonly partitionkey: string };
  return { topic, key: partitionkey, wire };
}

/**
 * Puts the golden messages on their topics, as another process would, and waits until every group
 * has taken them; answers what was refused.
 */
export async function takeGoldens(
  bus: MemoryBus,
  contracts: readonly MessageContract<unknown>[],
): Promise<readonly string[]> {
  for (const contract of contracts) {
    const { topic, key, wire } = goldenOf(contract);
    bus.publishBytes(topic, key, wire);
  }
  await waitForHead(bus, { timeoutMs: TAKEN_MS_MAX });
  const letters = await bus.deadLetters.list();
  return letters.map(({ type, reason }) => `${type ?? 'unreadable'}: ${reason}`);
}

/** What golden messages are made of: the stored event that the publisher of `contract` reads. */
export interface GoldenCase {
  readonly contract: MessageContract<unknown>;
  readonly stream: string;
  readonly revision: number;
  readonly event: { readonly type: string; readonly data: object };
}

/**
 * A message must be what it was when others learned to read it. A test that fails here says that a
 * contract was broken: add fields, or write a new version beside it.
 */
export function describeGoldens(publisher: Publisher, cases: readonly GoldenCase[]): void {
  describe(`the golden messages on ${publisher.topic}`, () => {
    it.each(cases.map((one) => [one.contract.type, one] as const))('%s', (type, one) => {
      const messages = publicMessages(publisher, stored(one));
      const message = messages.find((candidate) => candidate.type === type);
      const published: unknown = message && JSON.parse(encodeMessage(message));
      expect(published).toEqual(JSON.parse(goldenOf(one.contract).wire));
    });
  });
}

function stored({ contract, stream, revision, event }: GoldenCase): RecordedEvent {
  const { type, data } = event;
  const operationId = `golden ${contract.type}`;
  return {
    id: eventIdOf({ stream, operationId, now: RECORDED_AT, index: 0 }),
    type,
    data: { ...data },
    metadata: { recordedAt: RECORDED_AT, operationId },
    stream,
    category: stream.slice(0, stream.indexOf('-')),
    revision,
    position: 42,
  };
}
