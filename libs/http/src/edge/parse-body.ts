import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { commonProblem } from '../problems/common-problems';
import { endpointOf, type EdgeRequest } from './edge-request';
import { parseJson } from '../validation/parse-json';

/** JSON is parsed with our checks; NDJSON and CSV go to the handler as streams. */
export function installParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (endpointOf(request)?.rawBody === true) (request as EdgeRequest).rawBody = body as Buffer;
    try {
      done(null, parseBytes(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  for (const type of ['application/x-ndjson', 'text/csv']) {
    fastify.addContentTypeParser(type, (_request, payload, done) => {
      done(null, payload);
    });
  }
}

/** JSON with our checks; nothing for an empty body. Throws a 400. */
export function parseBytes(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw commonProblem('malformed', 'the body is not UTF-8');
  return parseJson(body.toString('utf8'));
}
