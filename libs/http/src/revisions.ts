import type { FastifyRequest } from 'fastify';
import { commonProblem, validationFailed } from './problems/common-problems';

/** The revision that `If-Match: "7"` asks for; `undefined` without the header or with `*`. */
export function ifMatchOf(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const match = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header);
  if (match !== null) return Number(match[1]);
  const detail = 'If-Match must hold one revision, like "7"';
  throw validationFailed([{ pointer: '/headers/if-match', code: 'revision', detail }]);
}

/** 412 when the client decided on an older revision than there is. */
export function requireRevision(expected: number | undefined, actual: number): void {
  if (expected === undefined || expected === actual) return;
  throw commonProblem('revision_mismatch', `the revision is ${actual}, not ${expected}`, {
    fields: { revision: actual },
  });
}

export const etagOf = (revision: number): string => `"${revision}"`;
