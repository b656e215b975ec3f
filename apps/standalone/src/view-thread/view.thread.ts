import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { assertInvariant } from '@fidelis/kernel';
import type { ViewThreadSettings } from './protocol';
import { ViewFeeds } from './view-feeds';

/** Of a core that requests want too, views then get a quarter: they lag, but do not stand still. */
const STEPS_BACK = 5;
const NICENESS_MAX = 19;

/** Answers come before lists. Linux alone has priorities of threads. */
function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(getPriority(thread) + STEPS_BACK, NICENESS_MAX));
  } catch {
    // Without /proc views and requests have the same rights, as everywhere else.
  }
}

assertInvariant(parentPort !== null, 'this file is the program of the view thread');
stepBack();
new ViewFeeds(parentPort, workerData as ViewThreadSettings);
