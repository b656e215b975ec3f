import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import type {
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb';
import { ContractError } from '@fidelis/kernel';
import type {
  CallOptions,
  Channel,
  Client,
  ClientDuplexStream,
  ClientReadableStream,
  Metadata,
} from '@grpc/grpc-js';
import type { Readable } from 'node:stream';
import { type Credentials, splitCredentials } from './credentials';
import { DeadlinePassed } from './failures';

export type BatchAppendStream = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;
export type ReadStream = ClientReadableStream<ReadResp>;

/**
 * The client's connection, which its own commands are built on (TypeScript calls it protected). It
 * finds the leader, keeps TLS, sends credentials, and reconnects after `UNAVAILABLE` and `NotLeader`.
 * Its commands themselves are not used, see ADR 0009. The client's version is pinned exactly.
 */
interface ClientConnection {
  GRPCStreamCreator<T extends Readable>(
    client: typeof StreamsClient,
    name: string,
    creator: (client: StreamsClient) => T,
  ): () => Promise<T>;
  callArguments(
    options: { readonly requiresLeader: boolean; readonly credentials?: Credentials },
    callOptions: CallOptions,
  ): [Metadata, CallOptions];
  getChannel(): Promise<Channel>;
  handleError(client: Client, error: Error): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * The client looks after a broken call by itself and lets go of the promise. While no node can be
 * found it rejects, which would end the process; the next call meets the same failure.
 */
function withoutLooseEnds(client: ClientConnection): ClientConnection {
  const handleError = client.handleError.bind(client);
  client.handleError = (grpc, error) => handleError(grpc, error).catch(() => undefined);
  return client;
}

const CLOSE_MS_MAX = 1000;

export class Connection {
  private constructor(
    private readonly client: ClientConnection,
    private readonly credentials: Credentials | undefined,
  ) {}

  /** @throws ContractError; its text does not repeat the URL, which may hold a password. */
  static open(url: string): Connection {
    try {
      const { address, credentials } = splitCredentials(url);
      const client: unknown = EventStoreDBClient.connectionString(address);
      return new Connection(withoutLooseEnds(client as ClientConnection), credentials);
    } catch {
      throw new ContractError('the URL of the event store is not one that its client understands');
    }
  }

  openBatchAppend(): Promise<BatchAppendStream> {
    return this.open('append', (client) =>
      client.batchAppend(...this.callArguments({ deadline: Infinity })),
    );
  }

  /** A stream of answers without an end, for a subscription, if it opens in time. */
  async openRead(request: ReadReq, what: string, deadlineMs: number): Promise<ReadStream> {
    const opening = this.open(what, (client) =>
      client.read(request, ...this.callArguments({ deadline: Infinity })),
    );
    try {
      return await within(opening, what, deadlineMs);
    } catch (error) {
      opening.then(
        (late) => {
          late.cancel();
        },
        () => undefined,
      );
      throw error;
    }
  }

  /** Hands every message of the answer to `onMessage`; resolves behind the last. */
  async read(
    request: ReadReq,
    { what, deadlineMs }: { readonly what: string; readonly deadlineMs: number },
    onMessage: (message: ReadResp) => void,
  ): Promise<void> {
    const deadline = new Date(Date.now() + deadlineMs);
    const opening = this.open(what, (client) =>
      client.read(request, ...this.callArguments({ deadline })),
    );
    // Finding a node has limits of its own, which are longer.
    const stream = await within(opening, what, deadlineMs);
    await consume(stream, onMessage);
  }

  async close(): Promise<void> {
    await this.client.dispose();
    // There may be none, and finding a node for one may take its time.
    const channel = within(this.client.getChannel(), 'close', CLOSE_MS_MAX);
    (await channel.catch(() => undefined))?.close();
  }

  /** Only the leader has everything that was answered. */
  private callArguments(options: CallOptions): [Metadata, CallOptions] {
    const { credentials } = this;
    return this.client.callArguments(
      { requiresLeader: true, ...(credentials && { credentials }) },
      options,
    );
  }

  private async open<T extends Readable>(
    name: string,
    creator: (client: StreamsClient) => T,
  ): Promise<T> {
    return this.client.GRPCStreamCreator(StreamsClient, name, (client) => {
      const stream = creator(client);
      // Without a listener an error ends the process; those who care have one more.
      stream.on('error', () => undefined);
      return stream;
    })();
  }
}

/** Until the stream ends. What `onMessage` throws ends it, too: in a listener it would end the process. */
export function consume(stream: ReadStream, onMessage: (message: ReadResp) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('data', (message: ReadResp) => {
      try {
        onMessage(message);
      } catch (error) {
        reject(error instanceof Error ? error : new Error('the answer could not be read'));
        stream.cancel();
      }
    });
    stream.once('error', reject);
    stream.once('end', resolve);
    stream.once('close', resolve);
  });
}

/** A promise that may never settle, and a timer: whichever is first. */
export async function within<T>(promise: Promise<T>, what: string, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlinePassed(what, ms));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
