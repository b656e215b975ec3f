import { BadRequestException, InternalServerErrorException } from '@nestjs/common';
import { ContractError, Defect, OperationalError } from '@fidelis/kernel';
import { MessageRefused } from '../consumer';
import { backOffMs, DELIVERY_DEFAULTS, reasonOf, verdictOn } from './delivery-options';

describe('the verdict on a failure', () => {
  it.each([
    ['what fails for now', new OperationalError('away'), 'retry'],
    ['what cannot be read', new ContractError('bad'), 'dead-letter'],
    ['what a rule refused', new MessageRefused('not_found', 'gone'), 'dead-letter'],
    ['what a pipe refused', new BadRequestException('bad'), 'dead-letter'],
    ['a failure of the server in Nest’s words', new InternalServerErrorException(), 'retry-few'],
    ['a bug', new TypeError('bug'), 'retry-few'],
    ['something that is no error', 'text', 'retry-few'],
    ['a broken invariant', new Defect('no'), 'crash'],
  ])('for %s', (_, error, verdict) => {
    expect(verdictOn(error)).toBe(verdict);
  });

  it('names its reason', () => {
    expect(reasonOf(new ContractError('bad'))).toBe('ContractError: bad');
    expect(reasonOf('text')).toBe('text');
    expect(reasonOf(new MessageRefused('not_found', 'nobody is named'))).toBe(
      'not_found: nobody is named',
    );
  });
});

describe('the back-off', () => {
  it.each([
    [1, 40, 60],
    [3, 160, 240],
    [1_000, 12_000, 18_000],
  ])('before attempt %d + 1 is between %d and %d ms', (attempt, min, max) => {
    const ms = backOffMs(attempt, DELIVERY_DEFAULTS);
    expect(ms).toBeGreaterThanOrEqual(min);
    expect(ms).toBeLessThanOrEqual(max);
  });
});
