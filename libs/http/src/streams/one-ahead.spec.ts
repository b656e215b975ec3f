import { oneAhead } from './one-ahead';

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

describe('answers while the next batch is begun', () => {
  it('come in the order of the batches, each begun before the answers of the last are there', async () => {
    const log: string[] = [];
    const begin = (batch: string) => {
      log.push(`begin ${batch}`);
      return Promise.resolve({
        answers: new Promise<string>((resolve) => setTimeout(resolve, 20, `answers ${batch}`)),
      });
    };
    for await (const answers of oneAhead(of('1', '2', '3'), begin)) log.push(answers);
    expect(log).toEqual(['begin 1', 'begin 2', 'answers 1', 'begin 3', 'answers 2', 'answers 3']);
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
    for await (const answers of oneAhead(polite(), begin)) {
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
      for await (const answers of oneAhead(of('good', 'bad', 'never'), begin)) seen.push(answers);
    };
    await expect(all()).rejects.toThrow('cannot begin');
    expect(seen).toEqual(['good']);
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
    for await (const answers of oneAhead(endless(), begin)) {
      expect(answers).toBe('more');
      break;
    }
    await ended.opened;
  });
});
