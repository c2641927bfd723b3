import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds } from './run-seeds.ts';

/** Which seeds this thread plays. */
export interface SeedsOfThread {
  readonly first: number;
  readonly last: number;
  readonly stride: number;
}

const { first, last, stride } = workerData as SeedsOfThread;
parentPort?.postMessage(runSeeds(first, last, stride));
