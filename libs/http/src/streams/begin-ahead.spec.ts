import { beginAhead } from './begin-ahead';

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function* of(...batches: readonly string[]): AsyncGenerator<string> {
  for (const batch of batches) yield await Promise.resolve(batch);
}

describe('answers while the next batches are begun', () => {
  it.each([
    [1, ['begin 1', 'begin 2', 'answers 1', 'begin 3', 'answers 2', 'begin 4']],
    [2, ['begin 1', 'begin 2', 'begin 3', 'answers 1', 'begin 4', 'answers 2']],
  ])('come in the order of the batches, of which %d are ahead', async (aheadMax, expected) => {
    const log: string[] = [];
    let last = Promise.resolve();
    const begin = (batch: string) => {
      log.push(`begin ${batch}`);
      const answers = last.then(
        () => new Promise<string>((resolve) => setTimeout(resolve, 20, `answers ${batch}`)),
      );
      last = answers.then(() => undefined);
      return Promise.resolve({ answers });
    };
    const batches = of('1', '2', '3', '4');
    for await (const answers of beginAhead(batches, begin, aheadMax)) log.push(answers);
    expect(log.slice(0, 6)).toEqual(expected);
    expect(log.slice(-2)).toEqual(['answers 3', 'answers 4']);
  });

  it('are not kept back from a sender who waits for them', async () => {
    const answered = gate();
    async function* polite(): AsyncGenerator<string> {
      yield 'first';
      await answered.opened;
      yield 'second';
    }
    const seen: string[] = [];
    const begin = (batch: string) => Promise.resolve({ answers: Promise.resolve(batch) });
    for await (const answers of beginAhead(polite(), begin)) {
      seen.push(answers);
      answered.open();
    }
    expect(seen).toEqual(['first', 'second']);
  });

  it('of what was begun come before the failure of the next', async () => {
    const seen: string[] = [];
    const begin = (batch: string) =>
      batch === 'bad'
        ? Promise.reject(new Error('cannot begin'))
        : Promise.resolve({ answers: Promise.resolve(batch) });
    const all = async (): Promise<void> => {
      for await (const answers of beginAhead(of('good', 'bad', 'never'), begin)) seen.push(answers);
    };
    await expect(all()).rejects.toThrow('cannot begin');
    expect(seen).toEqual(['good']);
  });

  it('end with those that cannot be told, whatever was begun behind them', async () => {
    const seen: string[] = [];
    const begin = (batch: string) => {
      const answers =
        batch === 'lost' ? Promise.reject(new Error('not on disk')) : Promise.resolve(batch);
      answers.catch(() => undefined);
      return Promise.resolve({ answers });
    };
    const all = async (): Promise<void> => {
      for await (const answers of beginAhead(of('kept', 'lost', 'behind'), begin)) {
        seen.push(answers);
      }
    };
    await expect(all()).rejects.toThrow('not on disk');
    expect(seen).toEqual(['kept']);
  });

  it('end the batches when nobody reads them any more', async () => {
    const ended = gate();
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) yield await Promise.resolve('more');
      } finally {
        ended.open();
      }
    }
    const begin = (batch: string) => Promise.resolve({ answers: Promise.resolve(batch) });
    for await (const answers of beginAhead(endless(), begin)) {
      expect(answers).toBe('more');
      break;
    }
    await ended.opened;
  });
});
