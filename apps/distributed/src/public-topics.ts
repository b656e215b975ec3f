import type { Settings } from '@fidelis/config';
import { publicMessageContracts } from '@fidelis/contracts';
import { createTopics, topicsOf } from '@fidelis/messaging-kafka';

type TopicsOf = Pick<Settings, 'messageBusUrl' | 'topicPartitions' | 'topicReplication'>;

/** Creates what is missing of the topics that Fidelis has, and answers the names of these. */
export function createPublicTopics(settings: TopicsOf): Promise<readonly string[]> {
  return createTopics({
    url: settings.messageBusUrl,
    topics: topicsOf(
      publicMessageContracts.map(({ topic }) => topic),
      { partitions: settings.topicPartitions },
    ),
    replicationFactor: settings.topicReplication,
  });
}
