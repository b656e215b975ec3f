import type { FastifyInstance, FastifyReply } from 'fastify';
import { derivedId, type Clock } from '@fidelis/kernel';
import { callerOf } from '../caller';
import type { EdgeRequest } from '../edge/edge-request';
import { contentFingerprint, pathOf } from '../operation';
import { commonProblem } from '../problems/common-problems';
import type { IdempotencyStore, StoredAnswer } from './idempotency-store';
import { ANSWER_BYTES_MAX } from './idempotency-store';
import { keyThatCounts } from './key-that-counts';

export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  readonly clock: Clock;
}

/**
 * `Idempotency-Key` as API.md says. "In progress" lives in this process only, or in what the store
 * claims for it, so that it never outlives it.
 */
export function installIdempotency(fastify: FastifyInstance, options: IdempotencyOptions): void {
  const { store, clock } = options;
  const running = new Map<string, string>();

  const end = (id: string): Promise<void> | undefined => {
    running.delete(id);
    return store.release?.(id) ?? undefined;
  };

  const begin = async (request: EdgeRequest, reply: FastifyReply, key: string) => {
    request.idempotencyKey = key;
    const id = derivedId('answer', callerOf(request).keyId, pathOf(request), key);
    const fingerprint = contentFingerprint(request);
    refuseWhileRunning(running.get(id), fingerprint);
    running.set(id, fingerprint);
    let stored: StoredAnswer | undefined;
    try {
      const claimed = (await store.claim?.(id)) ?? true;
      stored = await store.find(id);
      // Stored first, then given up: what another process has just done is no longer running.
      if (stored === undefined && !claimed) throw inProgress();
    } catch (error) {
      void end(id);
      throw error;
    }
    if (stored === undefined) {
      request.idempotencyRecord = id;
      return false;
    }
    void end(id);
    replay(reply, stored, fingerprint);
    return true;
  };

  onKey(fastify, begin);

  // eslint-disable-next-line max-params -- Fastify's signature; async would cost a promise each
  fastify.addHook('onSend', (bare, reply, payload, done) => {
    const request = bare as EdgeRequest;
    const id = request.idempotencyRecord;
    if (id === undefined) {
      done(null, payload);
      return;
    }
    request.idempotencyRecord = undefined;
    let kept: Promise<void> | undefined;
    if (typeof payload === 'string' && isKept(reply.statusCode, payload)) {
      const answer = answerOf(request, reply, payload);
      kept = store.put(id, { ...answer, storedAt: clock.now() }) ?? undefined;
    }
    // Another process must find the answer, or may run the request, before the client asks again.
    const settled = kept === undefined ? end(id) : kept.then(() => void end(id));
    if (settled === undefined) done(null, payload);
    else void settled.then(() => done(null, payload));
  });
}

/**
 * For a service behind a gateway that keeps the answers: here the key only makes the operation's
 * id, by which a command that was done before is recognised.
 */
export function installKeysOnly(fastify: FastifyInstance): void {
  onKey(fastify, (request, _reply, key) => {
    request.idempotencyKey = key;
    return Promise.resolve(false);
  });
}

type Begin = (request: EdgeRequest, reply: FastifyReply, key: string) => Promise<boolean>;

/** With a callback: most requests have no key that counts and should not wait for a promise. */
function onKey(fastify: FastifyInstance, begin: Begin): void {
  fastify.addHook('preHandler', (bare, reply, done) => {
    const request = bare as EdgeRequest;
    let key: string | undefined;
    try {
      key = keyThatCounts(request);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (key === undefined) {
      done();
      return;
    }
    begin(request, reply, key).then((replayed) => {
      if (!replayed) done();
    }, done);
  });
}

function answerOf(request: EdgeRequest, reply: FastifyReply, body: string) {
  return {
    fingerprint: contentFingerprint(request),
    status: reply.statusCode,
    contentType: String(reply.getHeader('content-type') ?? 'application/json'),
    body,
  };
}

function refuseWhileRunning(running: string | undefined, fingerprint: string): void {
  if (running === undefined) return;
  throw running === fingerprint ? inProgress() : reused();
}

function replay(reply: FastifyReply, stored: StoredAnswer, fingerprint: string): void {
  if (stored.fingerprint !== fingerprint) throw reused();
  void reply
    .code(stored.status)
    .header('idempotency-replayed', 'true')
    .type(stored.contentType)
    .send(stored.body);
}

const inProgress = () =>
  commonProblem('idempotency_in_progress', 'the first request with this key still runs', {
    headers: { 'retry-after': '1' },
  });

const reused = () =>
  commonProblem('idempotency_key_reused', 'this key was used for another request');

// What may come out differently next time is not kept, nor what was refused before it began.
function isKept(status: number, body: string): boolean {
  const passing = status >= 500 || status === 429 || status === 400 || status === 401;
  return !passing && body.length <= ANSWER_BYTES_MAX;
}
