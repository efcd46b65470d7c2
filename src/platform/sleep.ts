import type { Clock } from '../core/clock.ts';

/** `Clock.sleepUntil` for a clock that can wake: resolves at `atMs`, or early when `signal` aborts. */
export function sleepUntil(
  clock: Pick<Clock, 'nowMs' | 'at'>,
  atMs: number,
  signal?: AbortSignal,
): Promise<void> {
  if (signal?.aborted === true || atMs <= clock.nowMs()) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.at(atMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
