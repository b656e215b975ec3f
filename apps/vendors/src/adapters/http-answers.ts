import { OperationalError } from '@fidelis/kernel';
import type { CancellationAnswer, PlacementAnswer } from './vendor-adapter';

export interface VendorResponse {
  readonly statusCode: number;
  readonly text: string;
}

interface Said {
  readonly status?: string;
  readonly vendorOrderId?: string;
  readonly reason?: string;
}

/** Texts of a vendor end up in events and answers: enough for a reason, not for a page. */
const TEXT_LENGTH_MAX = 500;

/** What a vendor says to an order; everything unclear is asked again. */
export function toPlacementAnswer({ statusCode, text }: VendorResponse): PlacementAnswer {
  const said = read(text);
  const words = wordsOf(said);
  if (statusCode === 202) return { status: 'acknowledged', ...words };
  if (statusCode === 409 || statusCode === 422) return { status: 'refused', ...words };
  if (statusCode === 200 || statusCode === 201) {
    if (said.status === 'accepted' || said.status === 'refused') {
      return { status: said.status, ...words };
    }
    // It was cancelled before it came.
    if (said.status === 'cancelled') return { status: 'refused', ...words };
  }
  throw new OperationalError(`an answer to an order that is none: ${statusCode}`);
}

/** What it says to a cancellation. An order that it never saw is cancelled. */
export function toCancellationAnswer({ statusCode, text }: VendorResponse): CancellationAnswer {
  const said = read(text);
  const words = wordsOf(said);
  if (statusCode === 202) return { status: 'acknowledged', ...words };
  if (statusCode === 404) return { status: 'cancelled' };
  if (statusCode === 409 || statusCode === 422) return { status: 'cancellation-refused', ...words };
  if (statusCode === 200 || statusCode === 201) {
    if (said.status === 'cancelled' || said.status === 'cancellation-refused') {
      return { status: said.status, ...words };
    }
  }
  throw new OperationalError(`an answer to a cancellation that is none: ${statusCode}`);
}

function wordsOf({ vendorOrderId, reason }: Said): { vendorOrderId?: string; reason?: string } {
  return {
    ...(vendorOrderId !== undefined && { vendorOrderId }),
    ...(reason !== undefined && { reason }),
  };
}

function read(text: string): Said {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof content !== 'object' || content === null) return {};
  const fields = content as Record<string, unknown>;
  const said: Record<string, string> = {};
  for (const name of ['status', 'vendorOrderId', 'reason']) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') said[name] = value.slice(0, TEXT_LENGTH_MAX);
  }
  return said;
}
