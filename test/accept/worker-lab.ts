import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { PROVIDERS } from '../../lab/emulators/catalogue.ts';
import type { LabRequest, Served } from '../../lab/emulators/core/wire.ts';
import { type LabEmulators, labHttp } from '../../lab/lab-http.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Http } from '../../src/core/http.ts';

/** Of a lab as `labOf` makes it. */
export type WorkerLabOrder = {
  readonly symbols: readonly string[];
  readonly seed: string;
  readonly startMs: number;
  readonly seconds: number;
  readonly port: MessagePort;
  /** 1 once the answer to the request is there. */
  readonly flag: Int32Array;
};

export type WorkerLabRequest = {
  readonly id: string;
  readonly nowMs: number;
  readonly request: Omit<LabRequest, 'query'> & { readonly query: string };
};

export type WorkerLab = {
  readonly http: Http;
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly requests: () => number;
  close(): Promise<void>;
};

const IDS = ['alpaca', 'massive', 'coinbase', 'xai', 'perplexity'];

/** The providers in a heap of their own, in virtual time: whoever asks stands still until they have answered. */
export function startWorkerLab(order: Omit<WorkerLabOrder, 'port' | 'flag'>, clock: Clock): WorkerLab {
  const { port1: port, port2: theirs } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./worker-lab-process.ts', import.meta.url), {
    workerData: { ...order, port: theirs, flag },
    transferList: [theirs],
  });
  worker.once('error', (error) => {
    throw error;
  });
  let requests = 0;
  const serve =
    (id: string) =>
    (request: LabRequest, nowMs: number): Served => {
      requests += 1;
      const asked: WorkerLabRequest = { id, nowMs, request: { ...request, query: request.query.toString() } };
      port.postMessage(asked);
      // It may be woken for the answer before.
      while (Atomics.load(flag, 0) === 0) Atomics.wait(flag, 0, 0);
      Atomics.store(flag, 0, 0);
      return (receiveMessageOnPort(port) as { message: Served }).message;
    };
  const lab: LabEmulators = { emulators: new Map(IDS.map((id) => [id, { serve: serve(id) }])) };
  return {
    http: labHttp(lab, clock),
    baseUrls: Object.fromEntries(IDS.map((id) => [id, `https://${id}.lab${PROVIDERS[id]?.basePath ?? ''}`])),
    requests: () => requests,
    close: async () => {
      await worker.terminate();
    },
  };
}
