import { ContractError } from '@fidelis/kernel';
import { Connection } from './connection';
import { splitCredentials } from './credentials';

describe('the URL of an event store', () => {
  it.each([
    ['esdb://h:2113?tls=false', 'esdb://h:2113?tls=false', undefined],
    ['esdb://ann:s3cret@h:1,i:2?tls=true', 'esdb://h:1,i:2?tls=true', ['ann', 's3cret']],
    ['esdb+discover://ann:a:b@h', 'esdb+discover://h', ['ann', 'a:b']],
    ['esdb://a%40b:p%2F%3Fq@h', 'esdb://h', ['a@b', 'p/?q']],
    ['esdb://h?tlsCAFile=/a:b@c', 'esdb://h?tlsCAFile=/a:b@c', undefined],
  ])('%s is divided into address and credentials', (url, address, given) => {
    const credentials = given && { username: given[0], password: given[1] };
    expect(splitCredentials(url)).toEqual({ address, credentials });
  });

  it.each([
    'esdb://ann:s3cret@h?tls=perhaps',
    'esdb://ann:s3cret%@h',
    'esdb://ann:s3cret@h?tlsCAFile=/no/such/file',
    'http://ann:s3cret@h',
  ])('shows nothing of itself when it is refused', (url) => {
    let refusal: unknown;
    try {
      Connection.open(url);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ContractError);
    const shown = refusal as ContractError;
    expect(`${shown.stack ?? ''} ${JSON.stringify(shown)}`).not.toContain('s3cret');
    expect(shown.cause).toBeUndefined();
  });

  it('is not printed with its password when the client warns of an option', async () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const connection = Connection.open('esdb://ann:s3cret@127.0.0.1:9?tls=false&colour=red');
    await connection.close();
    const text = warned.mock.calls.flat().join('\n');
    warned.mockRestore();
    expect(text).toContain('colour');
    expect(text).not.toContain('s3cret');
  });
});
