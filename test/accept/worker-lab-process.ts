import { workerData } from 'node:worker_threads';
import { labOf } from './many-symbols.ts';
import type { WorkerLabOrder, WorkerLabRequest } from './worker-lab.ts';

const { symbols, seed, startMs, seconds, port, flag } = workerData as WorkerLabOrder;
const { emulators } = labOf(symbols, seed, startMs, seconds);

port.on('message', ({ id, nowMs, request }: WorkerLabRequest) => {
  const served = emulators.get(id)?.serve({ ...request, query: new URLSearchParams(request.query) }, nowMs);
  port.postMessage(served);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
