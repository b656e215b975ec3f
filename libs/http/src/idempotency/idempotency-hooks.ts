import type { FastifyInstance, FastifyReply } from 'fastify';
import { derivedId, type Clock } from '@fidelis/kernel';
import { callerOf } from '../caller';
import type { EdgeRequest } from '../edge/edge-request';
import { endpointOf } from '../edge/edge-request';
import { contentFingerprint, pathOf } from '../operation';
import { commonProblem, validationFailed } from '../problems/common-problems';
import type { IdempotencyStore, StoredAnswer } from './idempotency-store';
import { ANSWER_BYTES_MAX } from './idempotency-store';

const KEY_LENGTH_MAX = 255;

export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  readonly clock: Clock;
}

/**
 * `Idempotency-Key` as API.md says. "In progress" lives in this process only, so that it never
 * outlives it.
 */
export function installIdempotency(fastify: FastifyInstance, options: IdempotencyOptions): void {
  const { store, clock } = options;
  const running = new Map<string, string>();

  const begin = async (request: EdgeRequest, reply: FastifyReply, key: string) => {
    request.idempotencyKey = key;
    const id = derivedId('answer', callerOf(request).keyId, pathOf(request), key);
    const fingerprint = contentFingerprint(request);
    refuseWhileRunning(running.get(id), fingerprint);
    running.set(id, fingerprint);
    const stored = await store.find(id).catch((error: unknown) => {
      running.delete(id);
      throw error;
    });
    if (stored === undefined) {
      request.idempotencyRecord = id;
      return false;
    }
    running.delete(id);
    replay(reply, stored, fingerprint);
    return true;
  };

  // With a callback: most requests have no key that counts and should not wait for a promise.
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

  // eslint-disable-next-line max-params -- Fastify's signature; async would cost a promise each
  fastify.addHook('onSend', (bare, reply, payload, done) => {
    const request = bare as EdgeRequest;
    const id = request.idempotencyRecord;
    if (id !== undefined) {
      request.idempotencyRecord = undefined;
      running.delete(id);
      if (typeof payload === 'string' && isKept(reply.statusCode, payload)) {
        store.put(id, {
          fingerprint: contentFingerprint(request),
          status: reply.statusCode,
          contentType: String(reply.getHeader('content-type') ?? 'application/json'),
          body: payload,
          storedAt: clock.now(),
        });
      }
    }
    done(null, payload);
  });
}

function keyThatCounts(request: EdgeRequest): string | undefined {
  const rule = endpointOf(request)?.idempotency ?? 'none';
  if (rule === 'none' || rule === 'business-id' || isDryRun(request.query)) return undefined;
  const key = request.headers['idempotency-key'];
  if (key !== undefined && key !== '') return checkedKey(key);
  if (rule === 'optional') return undefined;
  throw commonProblem('idempotency_key_missing', 'send an Idempotency-Key header');
}

function checkedKey(key: string | readonly string[]): string {
  if (typeof key === 'string' && key.length <= KEY_LENGTH_MAX) return key;
  const detail = `Idempotency-Key must have 1 to ${KEY_LENGTH_MAX} characters`;
  throw validationFailed([{ pointer: '/headers/idempotency-key', code: 'text', detail }]);
}

function isDryRun(query: unknown): boolean {
  return (query as { dryRun?: unknown }).dryRun === true;
}

function refuseWhileRunning(running: string | undefined, fingerprint: string): void {
  if (running === undefined) return;
  if (running !== fingerprint) throw reused();
  throw commonProblem('idempotency_in_progress', 'the first request with this key still runs', {
    headers: { 'retry-after': '1' },
  });
}

function replay(reply: FastifyReply, stored: StoredAnswer, fingerprint: string): void {
  if (stored.fingerprint !== fingerprint) throw reused();
  void reply
    .code(stored.status)
    .header('idempotency-replayed', 'true')
    .type(stored.contentType)
    .send(stored.body);
}

const reused = () =>
  commonProblem('idempotency_key_reused', 'this key was used for another request');

// What may come out differently next time is not kept, nor what was refused before it began.
function isKept(status: number, body: string): boolean {
  const passing = status >= 500 || status === 429 || status === 400 || status === 401;
  return !passing && body.length <= ANSWER_BYTES_MAX;
}
