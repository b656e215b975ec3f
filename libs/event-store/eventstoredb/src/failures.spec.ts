import { OperationalError } from '@fidelis/kernel';
import { Metadata, status } from '@grpc/grpc-js';
import {
  DeadlinePassed,
  PlaceUnknown,
  isBrokenConnection,
  isRefusal,
  isStreamNotFound,
  toOperationalError,
} from './failures';

/** As gRPC gives it: a code and a text, but no type of the client's own. */
function rawError(code: status, details: string, exception?: string): Error {
  const metadata = new Metadata();
  if (exception !== undefined) metadata.set('exception', exception);
  return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata });
}

describe('a raw gRPC error', () => {
  it.each([
    ['an unavailable server', rawError(status.UNAVAILABLE, 'No connection established'), true],
    ['a call that the server cancelled', rawError(status.CANCELLED, 'Call cancelled'), true],
    ['another leader', rawError(status.NOT_FOUND, 'Leader info available', 'not-leader'), true],
    ['a position that is not one', rawError(status.INVALID_ARGUMENT, 'Invalid position'), false],
    ['an access that is denied', rawError(status.PERMISSION_DENIED, 'Access Denied'), false],
    ['no gRPC error at all', new TypeError('x is not a function'), false],
  ])('is a broken connection or not: %s', (_, error, expected) => {
    expect(isBrokenConnection(error)).toBe(expected);
  });

  it('is a refusal only when asking again does not help', () => {
    expect(isRefusal(rawError(status.PERMISSION_DENIED, 'Access Denied', 'access-denied'))).toBe(
      true,
    );
    expect(isRefusal(rawError(status.UNAUTHENTICATED, 'Who?'))).toBe(true);
    expect(isRefusal(rawError(status.UNAVAILABLE, 'away'))).toBe(false);
  });

  it('tells of an absent stream on some versions', () => {
    expect(isStreamNotFound(rawError(status.NOT_FOUND, 'thing-1', 'stream-not-found'))).toBe(true);
    expect(isStreamNotFound(rawError(status.NOT_FOUND, 'Leader', 'not-leader'))).toBe(false);
  });

  it.each([
    [rawError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.'), true],
    [rawError(status.INVALID_ARGUMENT, 'The combination is invalid.'), false],
    [rawError(status.UNKNOWN, 'Exception was thrown by handler.'), false],
  ])('proves that the log lacks a place only when the server says so: %s', (error, expected) => {
    const failure = toOperationalError('$all', error);
    expect(failure).toBeInstanceOf(OperationalError);
    expect(failure instanceof PlaceUnknown).toBe(expected);
  });

  it('becomes an operational error with its code and text', () => {
    const error = toOperationalError('thing-1', rawError(status.UNAVAILABLE, 'No connection'));
    expect(error).toBeInstanceOf(OperationalError);
    expect(error.message).toBe('thing-1: No connection (14)');
    const late = toOperationalError('thing-1', rawError(status.DEADLINE_EXCEEDED, 'after 5 s'));
    expect(late.message).toBe('thing-1: the event store did not answer in time');
    const passed = new DeadlinePassed('append', 5000);
    expect(toOperationalError('thing-1', passed)).toBe(passed);
  });
});
