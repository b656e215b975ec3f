import type { Type } from '@nestjs/common';
import type { ServiceFlow } from '@fidelis/service';

/** What the host needs to know of the service that it runs. */
export interface HostedService {
  readonly module: Type;
  readonly flow: ServiceFlow;
}
