import type { Day, JsonObject } from '@fidelis/kernel';

/** All that a client said about a participant. */
export interface Profile {
  readonly externalId?: string;
  readonly name: string;
  readonly type: 'person' | 'company';
  readonly email?: string;
  readonly phone?: string;
  readonly birthDate?: Day;
  /** Paths such as `retail/gold`. */
  readonly groups: readonly string[];
  /** A path such as `BR/SP/Campinas`. */
  readonly territory?: string;
  readonly attributes?: JsonObject;
}
