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
  const all = (aheadMax: number | undefined, count: number): Promise<string[]> => {
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
    const batches = of(...Array.from({ length: count }, (_, n) => String(n + 1)));
    return (async () => {
      for await (const answers of beginAhead(batches, begin, aheadMax)) log.push(answers);
      return log;
    })();
  };

  it('come in the order of the batches', async () => {
    expect(await all(1, 4)).toEqual([
      ...['begin 1', 'begin 2', 'answers 1', 'begin 3', 'answers 2', 'begin 4'],
      ...['answers 3', 'answers 4'],
    ]);
    expect(await all(2, 4)).toEqual([
      ...['begin 1', 'begin 2', 'begin 3', 'answers 1', 'begin 4', 'answers 2'],
      ...['answers 3', 'answers 4'],
    ]);
  });

  it('of four batches at most are on their way when another one is begun', async () => {
    const log = await all(undefined, 7);
    expect(log.indexOf('answers 1')).toBe(5);
    expect(log.indexOf('begin 6')).toBe(6);
  });

  it('are begun one per turn of the event loop, so that others have their turn', async () => {
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const begunAt: number[] = [];
    const begin = () => {
      begunAt.push(turns);
      return Promise.resolve({ answers: Promise.resolve('answers') });
    };
    for await (const _ of beginAhead(of('1', '2', '3', '4', '5'), begin)) continue;
    counting = false;
    expect(begunAt).toHaveLength(5);
    expect(new Set(begunAt).size).toBe(5);
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

  it('of all that was begun come before the failure of the batches', async () => {
    const seen: string[] = [];
    async function* cut(): AsyncGenerator<string> {
      yield* of('1', '2', '3');
      throw new Error('the upload was cut');
    }
    const begin = (batch: string) =>
      Promise.resolve({
        answers: new Promise<string>((resolve) => setTimeout(resolve, 20, batch)),
      });
    const read = async (): Promise<void> => {
      for await (const answers of beginAhead(cut(), begin)) seen.push(answers);
    };
    await expect(read()).rejects.toThrow('the upload was cut');
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('end with those that cannot be told, whatever was begun behind them', async () => {
    const seen: string[] = [];
    const begin = (batch: string) => {
      const answers =
        batch === 'lost' ? Promise.reject(new Error('not on disk')) : Promise.resolve(batch);
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
