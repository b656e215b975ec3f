import type { Server } from 'node:http';

const LOOK_EVERY_MS = 50;
/** Requests that take longer than this to end are cut off. */
const GRACE_MS = 10_000;

/**
 * Lets running requests end. Node closes only the connections that are idle when `close` is
 * called; one whose answer comes a moment later would keep the process up for its keep-alive time.
 */
export async function closeGently(server: Server, close: () => Promise<unknown>): Promise<void> {
  const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  try {
    await close();
  } finally {
    clearInterval(looking);
    clearTimeout(cut);
  }
}
