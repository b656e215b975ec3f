import { join } from 'node:path';
import { Faults } from './faults';
import { type Access, ServerNode } from './server-node';
import { TransactionLog } from './transaction-log';

export interface EventStoreTestServerOptions extends Access {
  /** Where the log is kept; a server started again on it has everything that it answered. */
  readonly folder: string;
  /** 0, the default: any free port. */
  readonly port?: number;
}

/**
 * Speaks the part of EventStoreDB's gRPC protocol that the adapter needs, over real HTTP/2, with
 * what trips clients of the real one: sparse positions, system events among ours, time-outs.
 */
export class EventStoreTestServer {
  readonly faults: Faults;
  readonly port: number;
  private readonly log: TransactionLog;
  private readonly nodes: ServerNode[];
  private readonly access: Access;
  private stopped = false;

  private constructor(
    log: TransactionLog,
    first: { node: ServerNode; port: number; faults: Faults; access: Access },
  ) {
    this.log = log;
    this.access = first.access;
    this.nodes = [first.node];
    this.port = first.port;
    this.faults = first.faults;
  }

  static async start({
    folder,
    port = 0,
    ...access
  }: EventStoreTestServerOptions): Promise<EventStoreTestServer> {
    const log = new TransactionLog(join(folder, 'log'));
    const faults = new Faults();
    const node = new ServerNode(log, faults, access);
    return new EventStoreTestServer(log, { node, port: await node.listen(port), faults, access });
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Another port leads from now on. Calls that are open break off, later ones learn who leads. */
  async changeLeader(): Promise<void> {
    const next = new ServerNode(this.log, this.faults, this.access);
    const port = await next.listen(0);
    for (const node of this.nodes) node.resignFor(port);
    this.nodes.push(next);
  }

  /** Ends every subscription; clients of the real one do not resume by themselves. */
  dropSubscriptions(): void {
    for (const node of this.nodes) node.dropSubscriptions();
  }

  /** Open ones, of all clients. */
  get subscriptionCount(): number {
    return this.nodes.reduce((sum, node) => sum + node.subscriptionCount, 0);
  }

  /** Once; later calls find nothing to do. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    for (const node of this.nodes) node.stop();
    await this.log.close();
  }
}
