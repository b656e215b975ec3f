import type { Settings } from '@fidelis/config';
import type { KafkaServer } from '@fidelis/messaging-kafka';

/** The brokers as the settings name them, checked by `checkSeparate` or `checkBrokers`. */
export function kafkaServerOf(settings: Settings): KafkaServer {
  const { messageBusUrl, kafkaTls, kafkaTlsAuthorities } = settings;
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername, kafkaSaslPassword } = settings;
  return {
    url: messageBusUrl,
    ...(kafkaTls && {
      tls: kafkaTlsAuthorities === undefined ? {} : { authorities: kafkaTlsAuthorities },
    }),
    ...(mechanism !== undefined && {
      login: { mechanism, username: kafkaSaslUsername ?? '', password: kafkaSaslPassword ?? '' },
    }),
  };
}
