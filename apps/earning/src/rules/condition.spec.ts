import type { Ticket } from '../domain/transaction';
import { compileCondition, findExpressionFault } from './condition';
import { factsOf } from './ticket-facts';

const ticket: Ticket = {
  ticket: 'pos-7:1',
  source: 'pos-7',
  transactionId: '1',
  participantId: 'ana',
  storeId: 'S1',
  channel: 'store',
  // A Tuesday in Kolkata already.
  occurredAt: '2026-11-23T20:00:00.000Z',
  currency: 'INR',
  total: 1_500,
  taxTotal: 0,
  lines: [
    { lineId: '1', sku: 'A', category: 'lights', labels: ['led'], quantity: 2, amount: 1_000 },
    { lineId: '2', quantity: 1, amount: 500 },
  ],
  attributes: { table: 7, constructor: 'Ann', order: { vip: true, constructor: 1 } },
  memberships: [],
};
const person = { participantId: 'ana', groups: ['retail/gold'] };
const holds = (expression: string) =>
  compileCondition(expression)({ ...factsOf(ticket, person), tier: 'silver' });

describe('a condition', () => {
  it.each([
    'ticket.total >= 1500 && ticket.total * 2 == 3000',
    'lines.exists(l, l.category == "lights" && l.quantity >= 2)',
    'lines.exists(l, l.labels.exists(label, label == "led"))',
    'lines.filter(l, l.amount > 600).size() == 1',
    'tier == "silver" && store == "S1" && channel == "store"',
    'participant.groups.exists(g, g.startsWith("retail"))',
    'time.getDayOfWeek("Asia/Kolkata") == 2 && time.getDayOfWeek() == 1',
    'ticket.attributes.table == 7',
    'ticket.attributes.constructor == "Ann" && ticket.attributes.order.vip',
    '"table" in ticket.attributes && !has(ticket.attributes.toString)',
    'lines.all(l, l.brand == "")',
  ])('holds: %s', (expression) => {
    expect(findExpressionFault(expression)).toBeUndefined();
    expect(holds(expression)).toBe(true);
  });

  it('does not hold where the ticket is otherwise, and says when it cannot tell', () => {
    expect(holds('ticket.total > 1500')).toBe(false);
    expect(holds('ticket.attributes.nothing == 7')).toBe('error');
  });

  it.each([
    ['ticket.total >', 14],
    ['tier == 3', 0],
    ['unknown == 1', 0],
    ['ticket.total + 1', 0],
    ['true && tier.matches("(a+)+$")', 8],
    ['lines.exists(l, lines.exists(m, m.amount == l.amount))', 16],
    ['lines.exists(l, l.labels.exists(a, l.labels.exists(b, [1].exists(c, c == 1))))', 35],
    [`${'true && '.repeat(600)}true`, 4_000],
  ])('is refused with its place: %s', (expression, position) => {
    expect(findExpressionFault(expression)).toMatchObject({ position });
  });
});
