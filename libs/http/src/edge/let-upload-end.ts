import type { IncomingMessage } from 'node:http';

/** An upload that goes on for longer after it was refused is cut off. */
const DRAIN_MS = 10_000;

/**
 * Closing a socket with unread bytes resets it, and the client may never see the answer. So the
 * rest of the upload is read and thrown away, for a bounded time.
 */
export function letUploadEnd(upload: IncomingMessage): void {
  if (upload.complete) return;
  upload.resume();
  const cut = setTimeout(() => upload.destroy(), DRAIN_MS);
  cut.unref();
  upload.once('close', () => {
    clearTimeout(cut);
  });
}
