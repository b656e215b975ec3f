import type { Settings } from '@fidelis/config';
import { publicMessageContracts } from '@fidelis/contracts';
import { createTopics, topicsOf } from '@fidelis/messaging-kafka';
import { kafkaServerOf } from '@fidelis/platform';

/** Creates what is missing of the topics that Fidelis has, and answers the names of these. */
export function createPublicTopics(settings: Settings): Promise<readonly string[]> {
  return createTopics({
    ...kafkaServerOf(settings),
    topics: topicsOf(
      publicMessageContracts.map(({ topic }) => topic),
      { partitions: settings.topicPartitions },
    ),
    replicationFactor: settings.topicReplication,
  });
}
