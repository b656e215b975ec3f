import type { FastifyReply, FastifyRequest } from 'fastify';

/** An upload that goes on for longer after it was refused is cut off. */
const DRAIN_MS = 10_000;

/**
 * Closing a socket with unread bytes resets it, and the client may never see the 413. So the rest
 * of the upload is read and thrown away, for a bounded time.
 */
export function letUploadEnd(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection');
  const { raw } = request;
  if (raw.complete) return;
  raw.resume();
  const cut = setTimeout(() => raw.destroy(), DRAIN_MS);
  cut.unref();
  raw.once('close', () => {
    clearTimeout(cut);
  });
}
