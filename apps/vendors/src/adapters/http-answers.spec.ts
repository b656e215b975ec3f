import { toCancellationAnswer, toPlacementAnswer } from './http-answers';

const answer = (statusCode: number, content: unknown = {}) => ({
  statusCode,
  text: JSON.stringify(content),
});

describe('a vendor’s answer over HTTP', () => {
  it('to an order says accepted, refused or later', () => {
    const accepted = answer(201, { status: 'accepted', vendorOrderId: 'V-1' });
    expect(toPlacementAnswer(accepted)).toEqual({ status: 'accepted', vendorOrderId: 'V-1' });
    const refused = answer(422, { reason: 'sold out' });
    expect(toPlacementAnswer(refused)).toEqual({ status: 'refused', reason: 'sold out' });
    expect(toPlacementAnswer(answer(202))).toEqual({ status: 'acknowledged' });
  });

  it('to a cancellation says cancelled, refused or later; what it never saw is cancelled', () => {
    expect(toCancellationAnswer(answer(200, { status: 'cancelled' })).status).toBe('cancelled');
    expect(toCancellationAnswer(answer(409)).status).toBe('cancellation-refused');
    expect(toCancellationAnswer(answer(404)).status).toBe('cancelled');
    expect(toCancellationAnswer(answer(202)).status).toBe('acknowledged');
  });

  it('that is unclear is asked for again', () => {
    expect(() => toPlacementAnswer(answer(200, { ok: true }))).toThrow('none: 200');
    expect(() => toPlacementAnswer(answer(401))).toThrow('none: 401');
    expect(() => toPlacementAnswer({ statusCode: 200, text: '<html>' })).toThrow('none: 200');
    expect(() => toCancellationAnswer(answer(500))).toThrow('none: 500');
  });
});
