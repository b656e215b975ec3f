import { OperationalError } from '@fidelis/kernel';

/** Another append was first. Nothing was written. Load again and decide again. */
export class WrongExpectedRevision extends OperationalError {
  constructor(
    readonly stream: string,
    readonly expectedRevision: number | 'no-stream',
    readonly actualRevision: number | 'no-stream',
  ) {
    super(`${stream}: expected revision ${expectedRevision}, found ${actualRevision}`);
    this.name = 'WrongExpectedRevision';
  }
}

/** An event exceeds `EVENT_BYTES_MAX`. Nothing was written; retrying does not help. */
export class EventTooLarge extends Error {
  constructor(
    readonly stream: string,
    readonly bytes: number,
    readonly bytesMax: number,
  ) {
    super(`${stream}: an event of ${bytes} bytes exceeds the limit of ${bytesMax}`);
    this.name = 'EventTooLarge';
  }
}
