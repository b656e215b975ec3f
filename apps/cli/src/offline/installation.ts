import { CommandFailure } from '../failure';

/** What a command works on: a data folder, or an installation on servers. */
export interface PlaceOptions {
  readonly data?: string;
  readonly eventStore?: string;
}

/** URLs may hold passwords: they are never shown. */
export function eventStoreUrlOf({ data, eventStore }: PlaceOptions): string {
  const url = eventStore ?? (data === undefined ? process.env['EVENT_STORE_URL'] : undefined);
  return url || 'sqlite:';
}

export function isOnServers(eventStoreUrl: string): boolean {
  return /^esdb(\+discover)?:\/\//.test(eventStoreUrl);
}

/** @throws CommandFailure when nobody says where the views are. */
export function readModelUrlOf(given: string | undefined): string {
  const url = given ?? process.env['READ_MODEL_URL'] ?? '';
  if (/^postgres(ql)?:\/\//.test(url)) return url;
  throw new CommandFailure('--read-model or READ_MODEL_URL must name the views: postgres://…');
}
