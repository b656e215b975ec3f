import type { ServiceName } from '@fidelis/contracts';
import type { FeedKey } from './protocol';

export function keyOf(service: ServiceName, feed: string): FeedKey {
  return `${service}/${feed}`;
}
