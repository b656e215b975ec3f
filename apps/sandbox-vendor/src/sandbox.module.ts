import { Module, type DynamicModule } from '@nestjs/common';
import { OrdersController } from './orders.controller';
import { SandboxVendor } from './sandbox-vendor';
import type { SandboxConfig } from './sandbox.config';

@Module({})
export class SandboxModule {
  static register(config: SandboxConfig): DynamicModule {
    return {
      module: SandboxModule,
      controllers: [OrdersController],
      providers: [{ provide: SandboxVendor, useFactory: () => new SandboxVendor(config) }],
    };
  }
}
