export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** `undefined`: well; a text: what is wrong. */
export type HealthCheck = () => string | undefined | Promise<string | undefined>;

/** A check that does not answer is not well. */
const CHECK_MS = 2000;

/**
 * `live`: restart me if this fails. `ready`: send me requests. A process is ready when all of its
 * checks pass and it is not shutting down.
 */
export class Health {
  private readonly liveChecks = new Map<string, HealthCheck>();
  private readonly readyChecks = new Map<string, HealthCheck>();
  private draining = false;

  addLive(name: string, check: HealthCheck): void {
    this.liveChecks.set(name, check);
  }

  addReady(name: string, check: HealthCheck): void {
    this.readyChecks.set(name, check);
  }

  startDraining(): void {
    this.draining = true;
  }

  live(): Promise<readonly CheckResult[]> {
    return runAll(this.liveChecks);
  }

  async ready(): Promise<readonly CheckResult[]> {
    const own = this.draining ? [{ name: 'draining', ok: false, detail: 'shutting down' }] : [];
    const all = new Map([...this.liveChecks, ...this.readyChecks]);
    return [...own, ...(await runAll(all))];
  }
}

function runAll(checks: ReadonlyMap<string, HealthCheck>): Promise<readonly CheckResult[]> {
  return Promise.all([...checks].map(([name, check]) => run(name, check)));
}

async function run(name: string, check: HealthCheck): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`no answer within ${CHECK_MS} ms`);
    }, CHECK_MS);
  });
  try {
    const detail = await Promise.race([Promise.resolve(check()), late]);
    return detail === undefined ? { name, ok: true } : { name, ok: false, detail };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
