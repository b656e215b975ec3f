import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A door in front of a replica, which can do to it what SIGSTOP does to its process. */
export class StoppableDoor {
  /** Requests that came while it was stopped. */
  arrivals = 0;
  private isStopped = false;
  private held: (() => void)[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => this.connected(client));

  private constructor(private readonly behind: URL) {}

  static async before(url: string): Promise<StoppableDoor> {
    const door = new StoppableDoor(new URL(url));
    await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Connections are taken, and nothing comes out of them. */
  stop(): void {
    this.isStopped = true;
  }

  /** What has arrived meanwhile is done now, also for those who did not wait. */
  goOn(): void {
    this.isStopped = false;
    for (const pass of this.held.splice(0)) pass();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private connected(client: Socket): void {
    const replica = connect(Number(this.behind.port), this.behind.hostname);
    client.on('data', (bytes: Buffer) => {
      if (this.isStopped && bytes.includes(' /v1/')) this.arrivals += 1;
      this.pass(() => void replica.write(bytes));
    });
    replica.on('data', (bytes: Buffer) => this.pass(() => void client.write(bytes)));
    const pairs = [
      [client, replica],
      [replica, client],
    ] as const;
    for (const [one, other] of pairs) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        this.pass(() => void other.end());
      });
    }
  }

  private pass(step: () => void): void {
    if (this.isStopped) this.held.push(step);
    else step();
  }
}
