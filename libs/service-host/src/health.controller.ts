import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Health, Metrics, type CheckResult } from '@fidelis/observability';

interface Reply {
  code(status: number): Reply;
  header(name: string, value: string): Reply;
}

/** For supervisors and Prometheus; the network of the services is not public. */
@Controller()
export class HealthController {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  async live(@Res({ passthrough: true }) reply: Reply): Promise<unknown> {
    return answer(reply, await this.health.live());
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<unknown> {
    return answer(reply, await this.health.ready());
  }

  @Get('metrics')
  async scrape(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    reply.header('content-type', this.metrics.contentType);
    return this.metrics.text();
  }
}

function answer(reply: Reply, checks: readonly CheckResult[]): unknown {
  const ok = checks.every((check) => check.ok);
  reply.code(ok ? 200 : 503);
  return { status: ok ? 'ok' : 'failing', checks };
}
