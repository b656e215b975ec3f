import type { IncomingHttpHeaders } from 'node:http';
import { traceHeaders } from '@fidelis/tracing';
import {
  CALLER_HEADER,
  HOP_BY_HOP,
  namedByConnection,
  toCallerHeader,
  type EdgeRequest,
} from '@fidelis/http';

/** The gateway says these itself. */
const NOT_PASSED_ON = new Set([
  ...HOP_BY_HOP,
  'authorization',
  'content-length',
  'cookie',
  'expect',
  'host',
  'x-request-id',
]);

const NOT_PASSED_BACK = new Set([...HOP_BY_HOP, 'content-length', 'date', 'x-request-id']);

/** Between gateway and services only: a client's own must not get through. */
const OURS = 'x-fidelis-';

/** What the service is told: the client's headers, who it is, and that it is us who ask. */
export function headersForService(
  request: EdgeRequest,
  secret: string,
): Record<string, string | string[]> {
  const { headers, caller } = request;
  const connectionOnly = namedByConnection(headers.connection);
  const passed: Record<string, string | string[]> = {
    authorization: `Bearer ${secret}`,
    'x-request-id': request.id,
  };
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || NOT_PASSED_ON.has(name) || name.startsWith(OURS)) continue;
    if (!connectionOnly.has(name)) passed[name] = value;
  }
  // Where we trace, the service's spans belong below ours.
  Object.assign(passed, traceHeaders());
  if (caller !== undefined) passed[CALLER_HEADER] = toCallerHeader(caller);
  return passed;
}

/** What the client is told of the service's headers. */
export function headersForClient(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const connectionOnly = namedByConnection(headers.connection);
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || NOT_PASSED_BACK.has(name) || name.startsWith(OURS)) continue;
    if (!connectionOnly.has(name)) passed[name] = value;
  }
  return passed;
}
