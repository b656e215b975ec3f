import {
  MaximumAppendSizeExceeded,
  Timeout,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { AllStreamPosition } from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { setTimeout as pause } from 'node:timers/promises';
import type { Faults } from './faults';
import type { ExpectedRevision, LogAppend, TransactionLog } from './transaction-log';
import { type NewRecord, streamNameOf, uuidOf } from './wire';

export type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** How long a real server lets its client wait for a repetition that came too early: 2 s there. */
const WRITE_TIMEOUT_MS = 200;

interface Unfinished {
  readonly options: BatchAppendReq.Options;
  readonly events: NewRecord[];
}

/** Many appends over one call; each is answered by its correlation id when it is on disk. */
export function answerBatchAppend(
  log: TransactionLog,
  call: BatchAppendCall,
  faults: Faults,
): void {
  const unfinished = new Map<string, Unfinished>();
  // In the order of their arrival, also while the server is made slow.
  let turn: Promise<void> | undefined;
  call.on('data', (request: BatchAppendReq) => {
    const gate = faults.gate();
    if (gate === undefined && turn === undefined) {
      take(request);
      return;
    }
    const mine = Promise.all([turn, gate]).then(() => {
      take(request);
      if (turn === mine) turn = undefined;
    });
    turn = mine;
  });
  call.on('end', () => call.end());
  call.on('error', () => undefined);

  function take(request: BatchAppendReq): void {
    const id = uuidOf(request.getCorrelationId());
    const options = request.getOptions();
    if (options !== undefined) unfinished.set(id, { options, events: [] });
    const append = unfinished.get(id);
    if (append === undefined) return;
    append.events.push(...request.getProposedMessagesList().map(toRecord));
    if (!request.getIsFinal()) return;
    unfinished.delete(id);
    void answer(request, toAppend(append));
  }

  async function answer(request: BatchAppendReq, append: LogAppend): Promise<void> {
    const response = await resultOf(log, append);
    if (faults.takeLostAnswer()) return;
    await faults.gate();
    if (call.cancelled || call.destroyed) return;
    response.setCorrelationId(request.getCorrelationId());
    const identifier = request.getOptions()?.getStreamIdentifier();
    response.setStreamIdentifier(identifier);
    call.write(response);
  }
}

function toRecord(message: BatchAppendReq.ProposedMessage): NewRecord {
  return {
    id: uuidOf(message.getId()),
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

function toAppend({ options, events }: Unfinished): LogAppend {
  const stream = streamNameOf(options.getStreamIdentifier());
  return { stream, expected: expectedOf(options), events };
}

function expectedOf(options: BatchAppendReq.Options): ExpectedRevision {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream-exists';
  return Number(options.getStreamPosition());
}

async function resultOf(log: TransactionLog, append: LogAppend): Promise<BatchAppendResp> {
  const result = log.append(append);
  const response = new BatchAppendResp();
  switch (result.kind) {
    case 'written':
    case 'repeated':
      await result.durable;
      return response.setSuccess(success(result));
    case 'repeatedTooEarly':
      await pause(WRITE_TIMEOUT_MS, undefined, { ref: false });
      return response.setError(error(new Timeout(), 'Timeout'));
    case 'tooLarge': {
      const exceeded = new MaximumAppendSizeExceeded();
      exceeded.setMaxappendsize(result.bytesMax);
      return response.setError(error(exceeded, 'MaximumAppendSizeExceeded'));
    }
    case 'conflict':
      return response.setError(
        error(conflict(result.current, append.expected), 'WrongExpectedVersion'),
      );
  }
}

function success({ revision, position }: { revision: number; position: number }) {
  const place = new AllStreamPosition();
  place.setCommitPosition(String(position));
  place.setPreparePosition(String(position));
  return new BatchAppendResp.Success().setCurrentRevision(String(revision)).setPosition(place);
}

function conflict(current: number | 'no-stream', expected: ExpectedRevision) {
  const details = new WrongExpectedVersion();
  if (current === 'no-stream') details.setCurrentNoStream(new Empty());
  else details.setCurrentStreamRevision(String(current));
  if (typeof expected === 'number') details.setExpectedStreamPosition(String(expected));
  else details.setExpectedNoStream(new Empty());
  return details;
}

function error(details: { serializeBinary(): Uint8Array }, type: string): Status {
  const packed = new Any();
  packed.pack(details.serializeBinary(), `event_store.client.${type}`);
  const status = new Status();
  status.setMessage(type);
  return status.setDetails(packed);
}
