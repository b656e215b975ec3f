import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import {
  SupportedMethod,
  SupportedMethods,
} from '@eventstore/db-client/generated/serverfeatures_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { type BatchAppendCall, answerBatchAppend } from './append-call';
import type { Faults } from './faults';
import { clusterLedBy } from './gossip';
import { type ReadAnswer, type ReadCall, answerRead } from './read-call';
import { answerSubscription } from './subscription-call';
import type { TransactionLog } from './transaction-log';
import { type Users, refusalOf } from './users';

/** Who may call, and how. */
export interface Access {
  /** PEM. Absent: without TLS. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  /** Absent: everybody. */
  readonly users?: Users | undefined;
}

interface Failure {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** A call that is open, and can be made to fail. */
interface OpenCall {
  readonly metadata: Metadata;
  emit(event: 'error', failure: Failure): boolean;
  once(event: 'close' | 'cancelled', listener: () => void): unknown;
}

const BYTES_MAX = 17 * 1024 * 1024;

/** The service as its client knows it, only that it also sends answers that are encoded already. */
const streams: ServiceDefinition = {
  ...StreamsService,
  read: {
    ...StreamsService.read,
    responseSerialize: (answer: ReadAnswer) =>
      Buffer.isBuffer(answer) ? answer : Buffer.from(answer.serializeBinary()),
  },
};

/** One port of the server: the leader, or one that was it. */
export class ServerNode {
  private readonly server = new Server({
    'grpc.max_receive_message_length': BYTES_MAX,
    'grpc.max_send_message_length': BYTES_MAX,
  });
  private readonly open = new Set<OpenCall>();
  private readonly subscriptions = new Set<OpenCall>();
  private leaderPort: number | undefined;
  private ownPort = 0;

  constructor(
    private readonly log: TransactionLog,
    private readonly faults: Faults,
    private readonly access: Access,
  ) {
    this.server.addService(streams, this.streamsHandlers());
    this.server.addService(ServerFeaturesService, { getSupportedMethods });
    this.server.addService(GossipService, {
      read: (call: ServerUnaryCall<unknown, ClusterInfo>, answer: sendUnaryData<ClusterInfo>) => {
        const host = call.getHost().replace(/:\d+$/, '');
        answer(null, clusterLedBy(host, this.leaderPort ?? this.ownPort));
      },
    });
  }

  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const credentials = credentialsOf(this.access);
      this.server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => {
        this.ownPort = bound;
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
  }

  /** From now on this node sends its clients to the new leader; open calls break off. */
  resignFor(leaderPort: number): void {
    this.leaderPort = leaderPort;
    for (const call of this.open) call.emit('error', notLeader(leaderPort));
  }

  dropSubscriptions(): void {
    for (const call of this.subscriptions) call.emit('error', unavailable());
  }

  get subscriptionCount(): number {
    return this.subscriptions.size;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private streamsHandlers(): UntypedServiceImplementation {
    return {
      read: (call: ReadCall) => {
        if (this.isRefused(call)) return;
        const isSubscription = call.request.getOptions()?.hasSubscription() === true;
        if (isSubscription) this.remember(call, this.subscriptions);
        void this.read(call, isSubscription);
      },
      batchAppend: (call: BatchAppendCall) => {
        if (!this.isRefused(call)) answerBatchAppend(this.log, call, this.faults);
      },
      append: unimplemented,
      delete: unimplemented,
      tombstone: unimplemented,
    };
  }

  private async read(call: ReadCall, isSubscription: boolean): Promise<void> {
    await this.faults.gate();
    if (isSubscription) await answerSubscription(this.log, call, this.faults);
    else await answerRead(this.log, call, this.faults);
  }

  private isRefused(call: OpenCall): boolean {
    const refusal = refusalOf(this.access.users, call.metadata);
    if (refusal !== undefined) {
      call.emit('error', { ...refusal, metadata: new Metadata() });
      return true;
    }
    if (this.leaderPort !== undefined) {
      call.emit('error', notLeader(this.leaderPort));
      return true;
    }
    this.remember(call, this.open);
    return false;
  }

  private remember(call: OpenCall, calls: Set<OpenCall>): void {
    calls.add(call);
    const forget = (): void => {
      calls.delete(call);
    };
    call.once('close', forget);
    call.once('cancelled', forget);
  }
}

function credentialsOf({ tls }: Access): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
  return ServerCredentials.createSsl(null, [pair]);
}

function notLeader(leaderPort: number): Failure {
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', '127.0.0.1');
  metadata.set('leader-endpoint-port', String(leaderPort));
  return { code: status.NOT_FOUND, details: 'Leader info available', metadata };
}

function unavailable(): Failure {
  return { code: status.UNAVAILABLE, details: 'dropped', metadata: new Metadata() };
}

function unimplemented(call: OpenCall): void {
  const details = 'the test server does not have this';
  call.emit('error', { code: status.UNIMPLEMENTED, details, metadata: new Metadata() });
}

function getSupportedMethods(
  _: ServerUnaryCall<unknown, SupportedMethods>,
  answer: sendUnaryData<SupportedMethods>,
): void {
  const methods = new SupportedMethods();
  methods.setEventStoreServerVersion('24.10.0-test');
  methods.setMethodsList(
    ['read', 'batchappend'].map((name) => {
      const method = new SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      return method;
    }),
  );
  answer(null, methods);
}
