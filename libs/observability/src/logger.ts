import type { LoggerService } from '@nestjs/common';
import { currentTraceIds } from '@fidelis/tracing';
import pino from 'pino';
import type { Logger } from 'pino';

export type { Logger };
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

// Wherever they stand, up to two levels deep: keys, tokens, and what reaches a person.
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'apiKey',
  'adminKey',
  'token',
  'secret',
  'password',
  'email',
  'phone',
  'birthDate',
];

/** One JSON line per event on standard error; standard output belongs to the start-up text. */
export function createLogger(level: LogLevel, destination?: pino.DestinationStream): Logger {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      level,
      base: null,
      mixin: currentTraceIds,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** Nest's own messages, into the same log. Its start-up chatter is debug. */
export function nestLogger(logger: Logger): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...more: readonly unknown[]): void => {
      const context = more.at(-1);
      const stack = level === 'error' && more.length > 1 ? more[0] : undefined;
      logger[level](
        { context, ...(stack === undefined ? {} : { stack }) },
        message instanceof Error ? message.message : String(message),
      );
    };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}
