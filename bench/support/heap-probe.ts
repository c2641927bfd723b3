/**
 * Loaded into the server's process (`NODE_OPTIONS=--import`): on SIGUSR2 it collects the garbage and prints what is left.
 * Measuring only: the server knows nothing of it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let number = 0;
  process.on('SIGUSR2', () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    number += 1;
    console.log(`heap ${number}: ${heapUsed + external}`);
  });
}
