import { chainHash } from '@fidelis/aggregates';
import type { EventStore, RecordedEvent } from '@fidelis/event-store';
import { FINDINGS_MAX, verifyStore, type StreamCheck } from './verify-store';

/** A store that says what it is told to say: the real ones refuse to be broken. */
const storeOf = (events: readonly RecordedEvent[]): EventStore =>
  ({
    readAll: ({ after }: { after: number }) =>
      Promise.resolve(events.filter((event) => event.position > after)),
    readStream: (stream: string) =>
      Promise.resolve(events.filter((event) => event.stream === stream)),
  }) as unknown as EventStore;

interface Given {
  readonly stream?: string;
  readonly points: number;
  readonly operationId?: string;
}

/** A sound history of hash-chained streams. */
const history = (given: readonly Given[]): RecordedEvent[] => {
  const heads = new Map<string, RecordedEvent>();
  return given.map(({ stream = 'account-ann', points, operationId }, position) => {
    const head = heads.get(stream);
    const event = {
      ...{ stream, category: 'account', position, type: 'PointsCredited', data: { points } },
      revision: (head?.revision ?? -1) + 1,
      id: `event-${position}`,
    };
    const said = {
      recordedAt: '2026-11-22T10:00:00.000Z',
      operationId: operationId ?? `op-${position}`,
    };
    const { category: _, position: __, ...link } = event;
    const hash = chainHash({ ...link, ...said, previousHash: head?.metadata.hash });
    const recorded = { ...event, metadata: { ...said, hash } };
    heads.set(stream, recorded);
    return recorded;
  });
};

const codes = async (events: readonly RecordedEvent[]): Promise<string[]> => {
  const { findings } = await verifyStore(storeOf(events));
  return findings.map(({ code, stream, revision }) => `${code} ${stream}@${revision}`);
};

const replaced = (
  events: readonly RecordedEvent[],
  index: number,
  change: (event: RecordedEvent) => Partial<RecordedEvent>,
): RecordedEvent[] =>
  events.map((event, at) => (at === index ? { ...event, ...change(event) } : event));

describe('the offline verifier', () => {
  const sound = history([
    { points: 5 },
    { points: 7, stream: 'account-bob' },
    { points: 3 },
    { points: 1 },
  ]);

  it('finds nothing in a sound store', async () => {
    expect(await verifyStore(storeOf(sound))).toEqual({
      ...{ ok: true, events: 4, streams: 2, chained: 4, awardsUnderWay: 0, findings: [] },
    });
  });

  it('finds one changed point', async () => {
    const tampered = replaced(sound, 2, () => ({ data: { points: 4 } }));
    expect(await codes(tampered)).toEqual(['hash-mismatch account-ann@1']);
  });

  it('finds an event that was sealed anew, by the next one', async () => {
    const [first] = sound;
    const changed = { ...first, data: { points: 50 } } as RecordedEvent;
    const { recordedAt, operationId } = changed.metadata;
    const hash = chainHash({ ...changed, recordedAt, operationId, previousHash: undefined });
    const resealed = replaced(sound, 0, () => ({
      ...changed,
      metadata: { ...changed.metadata, hash },
    }));
    expect(await codes(resealed)).toEqual(['hash-mismatch account-ann@1']);
  });

  it('finds a hash that was taken away', async () => {
    const bare = replaced(sound, 3, ({ metadata: { hash: _, ...metadata } }) => ({ metadata }));
    expect(await codes(bare)).toEqual(['hash-missing account-ann@2']);
  });

  it('finds that all hashes of an account were taken away', async () => {
    const bare = sound.map(({ metadata: { hash: _, ...metadata }, ...event }) => ({
      ...{ ...event, metadata },
    }));
    expect((await codes(bare)).slice(0, 2)).toEqual([
      'hash-missing account-ann@0',
      'hash-missing account-bob@0',
    ]);
  });

  it('finds an event that was cut out', async () => {
    expect(await codes(sound.filter((_, index) => index !== 2))).toEqual([
      'revision-gap account-ann@2',
    ]);
  });

  it('finds an event id that was used twice', async () => {
    const doubled = history([{ points: 5 }, { points: 5, stream: 'account-bob' }]);
    const same = replaced(doubled, 1, () => ({ id: 'event-0' }));
    expect(await codes(same)).toContain('event-twice account-bob@0');
  });

  it('finds an operation that was done twice on a stream, but not one of several events', async () => {
    const twice = history([
      { points: 1, operationId: 'a' },
      { points: 2, operationId: 'a' },
      { points: 3, operationId: 'b' },
      { points: 1, operationId: 'a' },
      { points: 1, operationId: 'b', stream: 'account-bob' },
    ]);
    expect(await codes(twice)).toEqual(['operation-twice account-ann@3']);
  });

  it("asks each stream's own check", async () => {
    const check: StreamCheck = {
      category: 'account',
      faultOf: (events) => (events.length > 2 ? 'too many' : undefined),
    };
    const { ok, findings } = await verifyStore(storeOf(sound), { checks: [check] });
    expect(ok).toBe(false);
    expect(findings).toEqual([
      {
        ...{ code: 'unsound', stream: 'account-ann', revision: 2, eventId: 'event-3' },
        detail: 'too many',
      },
    ]);
  });

  it('stops listing when nobody reads on', async () => {
    const many = history(Array.from({ length: FINDINGS_MAX + 5 }, () => ({ points: 1 })));
    const broken = many.map((event) => ({ ...event, data: { points: 2 } }));
    const { findings, ok } = await verifyStore(storeOf(broken));
    expect(ok).toBe(false);
    expect(findings).toHaveLength(FINDINGS_MAX);
  });
});
