import { accountStreamCheck } from '@fidelis/accounts';
import type { EventStore, Position } from '@fidelis/event-store';
import { verifyStore, type ReadableStore, type Verification } from '@fidelis/verification';
import { openEventStore } from './open-event-store';

/**
 * Proves an event store sound as `verifyStore` does, up to what is in it now: services may go on
 * writing. @throws OperationalError when it does not answer
 */
export async function verifyEventStore(url: string): Promise<Verification> {
  const store = openEventStore(url);
  try {
    return await verifyStore(upTo(store, await store.headOf()), { checks: [accountStreamCheck] });
  } finally {
    await store.close();
  }
}

/** Without an end a busy store would be read for ever. */
function upTo(store: EventStore, head: Position): ReadableStore {
  return {
    readAll: async (options) =>
      (await store.readAll(options)).filter(({ position }) => position <= head),
    readStream: async (stream, options) =>
      (await store.readStream(stream, options)).filter(({ position }) => position <= head),
  };
}
