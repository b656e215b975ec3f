import { deadLetterTopicOf } from './message';
import { publicMessageContracts } from './messages/all';
import { POS_TRANSACTIONS, POS_TRANSACTIONS_DLQ } from './messages/pos.messages';

describe('the public messages', () => {
  it('have a name each, after the service whose topic carries them', () => {
    const types = publicMessageContracts.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(types.length).toBeGreaterThanOrEqual(25);
    for (const { type, topic } of publicMessageContracts) {
      expect(type).toMatch(/^[a-z-]+\.[a-z-]+\.v\d+$/);
      expect(topic).toMatch(/^loyalty\.([a-z-]+\.[a-z-]+\.events|pos\.transactions)\.v\d+$/);
      expect(topic.split('.')[1]).toBe(type.split('.')[0]);
    }
  });

  it('say what they are in a sentence, and of what they consist', () => {
    for (const { summary, schema } of publicMessageContracts) {
      expect(summary).toMatch(/^[A-Z].*\.$/);
      expect(schema).toMatchObject({ type: 'object' });
    }
  });
});

describe('a dead-letter topic', () => {
  it('is named after its topic', () => {
    expect(deadLetterTopicOf('loyalty.accounts.account.events.v1')).toBe(
      'loyalty.accounts.account.dlq.v1',
    );
    expect(deadLetterTopicOf(POS_TRANSACTIONS)).toBe('loyalty.pos.transactions.dlq.v1');
    expect(POS_TRANSACTIONS_DLQ).toBe('loyalty.pos.transactions.dlq.v1');
  });
});
