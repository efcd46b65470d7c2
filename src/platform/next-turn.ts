/** Lets whatever waits for the process go first: sockets that have something, timers that are due. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
