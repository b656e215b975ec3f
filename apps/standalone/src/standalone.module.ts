import { Module, type DynamicModule } from '@nestjs/common';
import { EventStream, GatewayModule, type Gateway } from '@fidelis/gateway';
import { callsController, Platform } from '@fidelis/service';
import type { EmbeddedPlatform } from './embedded-platform';
import { services } from './services';

@Module({})
class PlatformModule {}

export interface StandaloneParts {
  readonly platform: EmbeddedPlatform;
  readonly gateway: Gateway;
  readonly eventStream: EventStream;
}

/** All services and the gateway in one Nest application. */
@Module({})
export class StandaloneModule {
  static register({ platform, gateway, eventStream }: StandaloneParts): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        {
          module: PlatformModule,
          global: true,
          providers: [{ provide: Platform, useValue: platform }],
          exports: [Platform],
        },
        GatewayModule.register({ gateway, platform, eventStream }),
        ...services.map(({ module }) => module),
      ],
      controllers: [callsController(platform.callTable, platform.callsSecret)],
    };
  }
}
