import { deadLetterTopicOf } from '@fidelis/contracts';
import { kafkaOf, untilKnown, type KafkaServer } from './kafka-client';

export interface TopicSettings {
  readonly topic: string;
  readonly partitions: number;
  /** -1: for ever. */
  readonly retentionMs: number;
}

export interface TopicsOptions extends KafkaServer {
  readonly topics: readonly TopicSettings[];
  /** Copies of each partition; 1 on a single broker. Default 1; production: 3. */
  readonly replicationFactor?: number;
}

const PARTITIONS = 12;
const FOR_EVER = -1;
const DAY_MS = 24 * 3_600_000;
/** As long as the payload of a dead letter is kept. */
const DEAD_LETTERS_MS = 30 * DAY_MS;
/** A till's own words may name a person; what is ours of a ticket is in the events. */
const FOREIGN_MS = 30 * DAY_MS;

/** An event of 512 KiB with its envelope, escaped once more in the worst case. */
const MESSAGE_BYTES_MAX = 2 * 1024 * 1024;

/** Written by tills, not by our own services. */
export function isForeign(topic: string): boolean {
  return topic.startsWith('loyalty.pos.');
}

/**
 * The topics of these names, each with its dead letters' topic. Events are kept for ever, so that a
 * service that comes later can read all of them.
 */
export function topicsOf(
  names: readonly string[],
  { partitions = PARTITIONS }: { readonly partitions?: number } = {},
): readonly TopicSettings[] {
  return [...new Set(names)].flatMap((topic) => [
    { topic, partitions, retentionMs: isForeign(topic) ? FOREIGN_MS : FOR_EVER },
    { topic: deadLetterTopicOf(topic), partitions: 1, retentionMs: DEAD_LETTERS_MS },
  ]);
}

/**
 * Creates the topics that do not exist; leaves the others as they are, for another number of
 * partitions would move keys and break their order. Answers the names that it created.
 */
export async function createTopics({
  topics,
  replicationFactor = 1,
  ...server
}: TopicsOptions): Promise<readonly string[]> {
  const admin = kafkaOf({ ...server, clientId: 'fidelis-topics' }).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ topic }) => !existing.has(topic));
    // A topic that another process created meanwhile is passed over by kafkajs.
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((one) => ({
          topic: one.topic,
          numPartitions: one.partitions,
          replicationFactor,
          configEntries: configOf(one),
        })),
      });
    }
    for (const { topic } of missing) await untilKnown(() => admin.fetchTopicOffsets(topic));
    return missing.map(({ topic }) => topic);
  } finally {
    await admin.disconnect();
  }
}

function configOf({ retentionMs }: TopicSettings): { name: string; value: string }[] {
  return [
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: String(retentionMs) },
    { name: 'retention.bytes', value: '-1' },
    // The broker unpacks what a till compressed: consumers here know no codec but gzip.
    { name: 'compression.type', value: 'uncompressed' },
    { name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) },
    // Only whole segments expire.
    ...(retentionMs === FOR_EVER ? [] : [{ name: 'segment.ms', value: String(DAY_MS) }]),
  ];
}
