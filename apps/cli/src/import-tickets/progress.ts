import type { SingleBar } from 'cli-progress';
import type { Tally } from './tally';

/** How far a run is, for whoever waits. */
export interface Progress {
  at(bytesRead: number): void;
  end(): void;
}

const PLAIN_EVERY_MS = 2_000;

/** A bar on a terminal, a line now and then otherwise. On standard error: answers go to output. */
export async function showProgress(bytesTotal: number, tally: Tally): Promise<Progress> {
  const perSecond = rateOf(tally);
  if (!process.stderr.isTTY) return plainLines(bytesTotal, tally, perSecond);
  // Loaded only where it is shown.
  const { SingleBar: Bar } = await import('cli-progress');
  const bar = new Bar({ format: '{bar} {percentage}%  {tickets} tickets  {rate}/s' });
  return onBar(bar, { bytesTotal, tally, perSecond });
}

function onBar(
  bar: SingleBar,
  { bytesTotal, tally, perSecond }: { bytesTotal: number; tally: Tally; perSecond: () => number },
): Progress {
  const shown = () => ({ tickets: tally.read, rate: perSecond() });
  bar.start(bytesTotal, 0, shown());
  return {
    at: (bytesRead) => bar.update(bytesRead, shown()),
    end: () => {
      bar.update(bytesTotal, shown());
      bar.stop();
    },
  };
}

function plainLines(bytesTotal: number, tally: Tally, perSecond: () => number): Progress {
  let shownAt = performance.now();
  return {
    at: (bytesRead) => {
      if (performance.now() - shownAt < PLAIN_EVERY_MS) return;
      shownAt = performance.now();
      const percent = Math.floor((bytesRead / bytesTotal) * 100);
      console.error(`${percent}%  ${tally.read} tickets  ${perSecond()}/s`);
    },
    end: () => undefined,
  };
}

/** Tickets per second since now. */
export function rateOf(tally: Tally): () => number {
  const startedAt = performance.now();
  return () => Math.round((tally.read * 1000) / Math.max(1, performance.now() - startedAt));
}
