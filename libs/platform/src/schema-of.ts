import type { ServiceName } from '@fidelis/contracts';

/** A service's views in PostgreSQL. */
export function schemaOf(service: ServiceName): string {
  return service.replace('-', '_');
}
