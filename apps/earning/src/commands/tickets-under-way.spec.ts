import { TicketsUnderWay, type Ending } from './tickets-under-way';

describe('tickets that this process completes itself', () => {
  it('are not its own when it knows nothing of them', () => {
    expect(new TicketsUnderWay().wasCompleted('pos:1')).toBe(false);
  });

  it('end one by one, and the first word counts', async () => {
    const underWay = new TicketsUnderWay();
    const end = underWay.begin('pos:1');
    const asked = underWay.wasCompleted('pos:1');
    end(true);
    end(false);
    expect(await asked).toBe(true);
  });

  it('end together, but for those that are left', async () => {
    const underWay = new TicketsUnderWay();
    let end: (ended: Ending) => void = () => undefined;
    underWay.beginAll(['pos:1', 'pos:2', 'pos:3', 'pos:4'], new Promise((done) => (end = done)));
    const [first, second] = [underWay.wasCompleted('pos:1'), underWay.wasCompleted('pos:2')];
    end({ left: new Set(['pos:2', 'pos:4']) });
    expect([await first, await second]).toEqual([true, false]);
    expect(await underWay.wasCompleted('pos:3')).toBe(true);
    expect(await underWay.wasCompleted('pos:4')).toBe(false);
  });

  it('are told once: whoever asks again is to look himself', async () => {
    const underWay = new TicketsUnderWay();
    underWay.beginAll(['pos:1'], Promise.resolve(true));
    expect(await underWay.wasCompleted('pos:1')).toBe(true);
    expect(underWay.wasCompleted('pos:1')).toBe(false);
  });
});
