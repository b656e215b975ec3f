import {
  MaximumAppendSizeExceeded,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import {
  type AppendRequest,
  type Appended,
  type EncodedEvent,
  EventTooLarge,
  type EventToAppend,
  type Position,
  WrongExpectedRevision,
  checkStreamName,
  encodeAppend,
} from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { setTimeout as pause } from 'node:timers/promises';
import type { BatchAppends } from './batch-appends';
import { DeadlinePassed, isRefusal, toOperationalError } from './failures';
import type { EventStoreDbLimits } from './limits';
import type { Reader } from './reader';
import { JSON_CONTENT, streamIdentifier, toPosition, uuid } from './wire';

/** More than servers take in one append unless they are told to; their default is 1 MiB. */
const MESSAGE_BYTES_MAX = 3 * 1024 * 1024;
const BACK_OFF_MS_MIN = 20;
const BACK_OFF_MS_MAX = 500;

/** What one attempt came to. `again`: the server may or may not have done it. */
type Outcome =
  | { readonly kind: 'done'; readonly revision: number; readonly position: Position | undefined }
  | { readonly kind: 'conflict'; readonly actual: number | 'no-stream' }
  | { readonly kind: 'tooLarge'; readonly bytesMax: number }
  | { readonly kind: 'refused' | 'again'; readonly error: OperationalError };

/**
 * Appends until the outcome is certain or the deadline passes. That is safe because every attempt
 * carries the same event ids at the same expected revision: the server answers a repetition with
 * the first result, and a conflict is looked into before it is believed.
 */
export class Appender {
  constructor(
    private readonly appends: BatchAppends,
    private readonly reader: Reader,
    private readonly limits: EventStoreDbLimits,
  ) {}

  async append(request: AppendRequest): Promise<Appended> {
    const encoded = encodeAppend(request);
    checkStreamName(request.stream);
    // A message that is far too large breaks the call that other appends are on, too.
    const bytes = bytesOf(encoded);
    if (bytes > MESSAGE_BYTES_MAX) {
      throw new EventTooLarge(request.stream, bytes, MESSAGE_BYTES_MAX);
    }
    const endsAt = Date.now() + this.limits.deadlineMs;
    let outcomeUnknown = false;
    for (let backOffMs = BACK_OFF_MS_MIN; ; backOffMs = Math.min(backOffMs * 2, BACK_OFF_MS_MAX)) {
      const outcome = await this.attempt(request, encoded, endsAt - Date.now());
      if (outcome.kind !== 'again') return this.conclude(request, outcome, outcomeUnknown);
      outcomeUnknown = true;
      const { error } = outcome;
      if (error instanceof DeadlinePassed || Date.now() + backOffMs >= endsAt) {
        throw new OperationalError(error.message, { cause: error, outcomeUnknown });
      }
      await pause(backOffMs);
    }
  }

  private async attempt(
    request: AppendRequest,
    encoded: readonly EncodedEvent[],
    deadlineMs: number,
  ): Promise<Outcome> {
    try {
      return toOutcome(request, await this.appends.send(toMessage(request, encoded), deadlineMs));
    } catch (error) {
      const failure = toOperationalError(request.stream, error);
      return { kind: isRefusal(error) ? 'refused' : 'again', error: failure };
    }
  }

  private async conclude(
    request: AppendRequest,
    outcome: Exclude<Outcome, { kind: 'again' }>,
    outcomeUnknown: boolean,
  ): Promise<Appended> {
    const { stream, expectedRevision } = request;
    switch (outcome.kind) {
      case 'done': {
        const { revision, position } = outcome;
        return { revision, position: position ?? (await this.positionOf(stream, revision)) };
      }
      case 'conflict': {
        const first = await this.firstResult(request, outcomeUnknown);
        if (first !== undefined) return first;
        throw new WrongExpectedRevision(stream, expectedRevision, outcome.actual);
      }
      case 'tooLarge':
        throw new EventTooLarge(stream, bytesOf(encodeAppend(request)), outcome.bytesMax);
      case 'refused':
      case 'again':
        throw new OperationalError(outcome.error.message, { cause: outcome.error, outcomeUnknown });
    }
  }

  /** What the stream has at the places that these events would have taken: perhaps they themselves. */
  private async firstResult(
    { stream, expectedRevision, events }: AppendRequest,
    outcomeUnknown: boolean,
  ): Promise<Appended | undefined> {
    const fromRevision = expectedRevision === 'no-stream' ? 0 : expectedRevision + 1;
    try {
      const found = await this.reader.readStream(stream, { fromRevision, limit: events.length });
      const last = found.at(-1);
      if (last === undefined || found.length !== events.length) return undefined;
      if (!found.every(({ id }, i) => id === events[i]?.id)) return undefined;
      return { revision: last.revision, position: last.position };
    } catch (error) {
      const { message } = toOperationalError(stream, error);
      throw new OperationalError(message, { cause: error, outcomeUnknown });
    }
  }

  /** For servers that tell no position with a repeated append. */
  private async positionOf(stream: string, revision: number): Promise<Position> {
    const [event] = await this.reader.readStream(stream, { fromRevision: revision, limit: 1 });
    if (event === undefined) {
      throw new OperationalError(`${stream}: revision ${revision} was appended but is not there`, {
        outcomeUnknown: true,
      });
    }
    return event.position;
  }
}

function toMessage(request: AppendRequest, encoded: readonly EncodedEvent[]): BatchAppendReq {
  // Without a deadline of the server: its clock need not agree with ours.
  const options = new BatchAppendReq.Options();
  options.setStreamIdentifier(streamIdentifier(request.stream));
  if (request.expectedRevision === 'no-stream') options.setNoStream(new Empty());
  else options.setStreamPosition(String(request.expectedRevision));
  const message = new BatchAppendReq();
  message.setOptions(options);
  message.setProposedMessagesList(request.events.map((event, i) => toProposed(event, encoded[i])));
  return message.setIsFinal(true);
}

function toProposed(event: EventToAppend, encoded: EncodedEvent | undefined) {
  const message = new BatchAppendReq.ProposedMessage();
  message.setId(uuid(event.id));
  message.getMetadataMap().set('type', event.type);
  message.getMetadataMap().set('content-type', JSON_CONTENT);
  message.setData(Buffer.from(encoded?.data ?? '', 'utf8'));
  message.setCustomMetadata(Buffer.from(encoded?.metadata ?? '', 'utf8'));
  return message;
}

function toOutcome({ stream }: AppendRequest, response: BatchAppendResp): Outcome {
  const success = response.getSuccess();
  if (success === undefined) return toFailure(stream, response.getError());
  const position = toPosition(success.getPosition()?.getCommitPosition());
  return { kind: 'done', revision: Number(success.getCurrentRevision()), position };
}

function toFailure(stream: string, error: Status = new Status()): Outcome {
  switch (error.getDetails()?.getTypeName()) {
    case 'event_store.client.WrongExpectedVersion':
      return { kind: 'conflict', actual: actualRevisionOf(error) };
    case 'event_store.client.MaximumAppendSizeExceeded':
      return { kind: 'tooLarge', bytesMax: bytesMaxOf(error) };
    case 'event_store.client.AccessDenied':
      return { kind: 'refused', error: new OperationalError(`${stream}: access denied`) };
    case 'event_store.client.StreamDeleted':
      return { kind: 'refused', error: new OperationalError(`${stream}: the stream is deleted`) };
    default:
      // A time-out on the server, "Server Is Busy", "Server Is Not Ready".
      return { kind: 'again', error: new OperationalError(`${stream}: ${error.getMessage()}`) };
  }
}

function actualRevisionOf(error: Status): number | 'no-stream' {
  const bytes = error.getDetails()?.getValue_asU8() ?? new Uint8Array();
  const details = WrongExpectedVersion.deserializeBinary(bytes);
  if (!details.hasCurrentStreamRevision()) return 'no-stream';
  return toPosition(details.getCurrentStreamRevision()) ?? 'no-stream';
}

function bytesMaxOf(error: Status): number {
  const bytes = error.getDetails()?.getValue_asU8() ?? new Uint8Array();
  return MaximumAppendSizeExceeded.deserializeBinary(bytes).getMaxappendsize();
}

function bytesOf(encoded: readonly EncodedEvent[]): number {
  return encoded.reduce(
    (sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata),
    0,
  );
}
