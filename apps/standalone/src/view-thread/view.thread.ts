import { parentPort, workerData } from 'node:worker_threads';
import { assertInvariant } from '@fidelis/kernel';
import type { ViewThreadSettings } from './protocol';
import { ViewFeeds } from './view-feeds';

assertInvariant(parentPort !== null, 'this file is the program of the view thread');
new ViewFeeds(parentPort, workerData as ViewThreadSettings);
