import { expressionError, satisfies } from './access-expression';

const anna = { participantId: 'anna', tier: 'gold', groups: ['retail', 'staff'] };

describe('an access expression', () => {
  it('sees tier, groups and territory of the participant', () => {
    expect(satisfies('tier == "gold" && "staff" in groups', anna)).toBe(true);
    expect(satisfies('territory.startsWith("BR/")', anna)).toBe(false);
    expect(satisfies('territory.startsWith("BR/")', { ...anna, territory: 'BR/SP' })).toBe(true);
  });

  it('is checked when it is written, with the place of the mistake', () => {
    expect(expressionError('tier == "gold"')).toBeUndefined();
    expect(expressionError('tier == ')).toMatchObject({ position: expect.any(Number) });
    expect(expressionError('age > 18')).toBeDefined();
    expect(expressionError('tier')).toMatchObject({
      detail: 'gives a string, not true or false',
    });
  });

  it('lets nobody in when it fails', () => {
    expect(satisfies('groups[7] == "staff"', anna)).toBe(false);
  });
});
