import type { BasketLine, Benefit } from './benefit';
import { discountOf } from './discount';

// Two coffees at 3.50, one muffin at 2.80, one cake at 4.00: 13.80 in all.
const coffee: BasketLine = {
  lineId: '1',
  sku: 'coffee',
  category: 'drinks',
  quantity: 2,
  amount: 700,
};
const muffin: BasketLine = {
  lineId: '2',
  sku: 'muffin',
  category: 'bakery',
  quantity: 1,
  amount: 280,
};
const cake: BasketLine = { lineId: '3', sku: 'cake', category: 'bakery', quantity: 1, amount: 400 };
const basket = [coffee, muffin, cake];

const coffeeGetsMuffin: Benefit = {
  type: 'buyXGetY',
  buy: { skus: ['coffee'], quantity: 1 },
  get: { skus: ['muffin'], quantity: 1, percentBps: 10_000 },
};

describe('buy a coffee, get a muffin free', () => {
  it('takes the muffin off a basket with both', () => {
    expect(discountOf({ benefit: coffeeGetsMuffin }, basket)).toEqual({
      amount: 280,
      lines: [{ lineId: '2', amount: 280 }],
    });
  });

  it('gives nothing without a coffee, nor without a muffin', () => {
    expect(discountOf({ benefit: coffeeGetsMuffin }, [muffin, cake]).amount).toBe(0);
    expect(discountOf({ benefit: coffeeGetsMuffin }, [coffee, cake]).amount).toBe(0);
  });

  it('gives one muffin only, the cheapest', () => {
    const dear: BasketLine = { lineId: '4', sku: 'muffin', quantity: 3, amount: 900 };
    expect(discountOf({ benefit: coffeeGetsMuffin }, [coffee, dear, muffin])).toEqual({
      amount: 280,
      lines: [{ lineId: '2', amount: 280 }],
    });
  });

  it('does not count a coffee that is brought back on the same ticket', () => {
    const returned = { ...coffee, quantity: -1, amount: -350 };
    expect(discountOf({ benefit: coffeeGetsMuffin }, [returned, muffin]).amount).toBe(0);
  });

  it('takes half of 2.81 off as 1.40, rounded down', () => {
    const half: Benefit = {
      ...coffeeGetsMuffin,
      get: { skus: ['muffin'], quantity: 1, percentBps: 5000 },
    };
    expect(discountOf({ benefit: half }, [coffee, { ...muffin, amount: 281 }]).amount).toBe(140);
  });

  it('sells the muffin for 1.00 where the offer sets a price', () => {
    const forOne: Benefit = {
      ...coffeeGetsMuffin,
      get: { skus: ['muffin'], quantity: 1, setPrice: 100 },
    };
    expect(discountOf({ benefit: forOne }, basket).amount).toBe(180);
    expect(discountOf({ benefit: forOne }, [coffee, { ...muffin, amount: 90 }]).amount).toBe(0);
  });
});

describe('buy two, get one free of the same kind', () => {
  const threeForTwo: Benefit = {
    type: 'buyXGetY',
    buy: { skus: ['a', 'b'], quantity: 2 },
    get: { skus: ['a', 'b'], quantity: 1, percentBps: 10_000 },
  };

  it('needs three in the basket', () => {
    const two: BasketLine = { lineId: '1', sku: 'a', quantity: 2, amount: 2000 };
    expect(discountOf({ benefit: threeForTwo }, [two]).amount).toBe(0);
    expect(
      discountOf({ benefit: threeForTwo }, [{ ...two, quantity: 3, amount: 3000 }]).amount,
    ).toBe(1000);
  });

  it('gives the cheapest of a mix', () => {
    const lines: BasketLine[] = [
      { lineId: '1', sku: 'a', quantity: 2, amount: 2000 },
      { lineId: '2', sku: 'b', quantity: 1, amount: 700 },
    ];
    expect(discountOf({ benefit: threeForTwo }, lines)).toEqual({
      amount: 700,
      lines: [{ lineId: '2', amount: 700 }],
    });
  });
});

describe('an amount off', () => {
  it('the ticket is split over its lines by the largest remainder', () => {
    // 1.00 over 7.00, 2.80, 4.00 of 13.80: 50.72, 20.29, 28.99 → 51, 20, 29.
    const benefit: Benefit = { type: 'amountOff', amount: 100, target: 'ticket' };
    expect(discountOf({ benefit }, basket).lines.map((line) => line.amount)).toEqual([51, 20, 29]);
  });

  it('is never more than what is in scope costs', () => {
    const benefit: Benefit = { type: 'amountOff', amount: 5000, target: 'ticket' };
    const scope = { skus: [], categories: ['bakery'] };
    expect(discountOf({ benefit, scope }, basket).amount).toBe(680);
  });

  it('the cheapest or the dearest unit, by price of a piece and not of a line', () => {
    // Pieces: coffee 3.50, muffin 2.80, cake 4.00.
    const off = (target: 'cheapest' | 'dearest') =>
      discountOf({ benefit: { type: 'amountOff', amount: 300, target } }, basket);
    expect(off('cheapest')).toEqual({ amount: 280, lines: [{ lineId: '2', amount: 280 }] });
    expect(off('dearest')).toEqual({ amount: 300, lines: [{ lineId: '3', amount: 300 }] });
  });
});

describe('odd baskets', () => {
  it('what is weighed counts as one piece', () => {
    const cheese: BasketLine = { lineId: '1', sku: 'cheese', quantity: 0.75, amount: 900 };
    expect(discountOf({ benefit: { type: 'freeItem', skus: ['cheese'] } }, [cheese]).amount).toBe(
      900,
    );
  });

  it('a basket that no integer can count gets nothing, and breaks nothing', () => {
    const benefit: Benefit = { type: 'percentOff', percentBps: 1000, target: 'ticket' };
    const huge = { lineId: '1', quantity: 1, amount: Number.MAX_SAFE_INTEGER };
    expect(discountOf({ benefit }, [huge, { ...huge, lineId: '2' }]).amount).toBe(0);
  });
});

describe('other benefits', () => {
  it('10 % off 13.80 is 1.38', () => {
    const benefit: Benefit = { type: 'percentOff', percentBps: 1000, target: 'ticket' };
    expect(discountOf({ benefit }, basket).amount).toBe(138);
  });

  it('the dearest piece, a cake at 4.00, for 1.50', () => {
    const benefit: Benefit = { type: 'setPrice', amount: 150, target: 'dearest' };
    expect(discountOf({ benefit }, basket).amount).toBe(250);
  });

  it('a coffee for nothing: one of the two', () => {
    expect(discountOf({ benefit: { type: 'freeItem', skus: ['coffee'] } }, basket)).toEqual({
      amount: 350,
      lines: [{ lineId: '1', amount: 350 }],
    });
  });

  it('a voucher to fetch takes nothing off', () => {
    const benefit: Benefit = { type: 'fulfilment', channel: 'pick-up' };
    expect(discountOf({ benefit }, basket)).toEqual({ amount: 0, lines: [] });
  });
});
