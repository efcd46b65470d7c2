/**
 * Resolves when all that has begun has come to a halt: a tick that is asked for by a microtask runs when the queue of
 * microtasks is empty, however long the chains of promises in it were.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}
