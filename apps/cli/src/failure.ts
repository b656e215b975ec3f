/** Why a command cannot do its work, for the person at the terminal; no stack trace is shown. */
export class CommandFailure extends Error {}

export function messageOf(error: unknown): string {
  if (error instanceof CommandFailure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
