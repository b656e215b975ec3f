import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { Health, Metrics } from '@fidelis/observability';
import { callsController, Platform } from '@fidelis/service';
import { HealthController } from './health.controller';

@Module({})
class PlatformModule {}

export interface HostParts {
  readonly service: Type;
  readonly platform: Platform;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly internalSecret: string;
  /** What the gateway asks of every service. */
  readonly controllers: readonly Type[];
}

/** One service, the door for calls, and what supervisors ask. */
@Module({})
export class HostModule {
  static register(parts: HostParts): DynamicModule {
    const { platform, health, metrics } = parts;
    return {
      module: HostModule,
      imports: [
        {
          module: PlatformModule,
          global: true,
          providers: [{ provide: Platform, useValue: platform }],
          exports: [Platform],
        },
        parts.service,
      ],
      providers: [
        { provide: Health, useValue: health },
        { provide: Metrics, useValue: metrics },
      ],
      controllers: [
        HealthController,
        callsController(platform.callTable, parts.internalSecret),
        ...parts.controllers,
      ],
    };
  }
}
