// It loads while a starting process waits for it, so nothing here imports Nest or Fastify.
import { parentPort, workerData } from 'node:worker_threads';
import { assertInvariant } from '@fidelis/kernel';
import { Listener } from './listener';
import type { ListenerSettings } from './protocol';

assertInvariant(parentPort !== null, 'this file is the program of the listener thread');
void new Listener(parentPort, workerData as ListenerSettings).listen();
