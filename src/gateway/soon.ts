import type { Answer, Told } from '../core/answer.ts';

/** Tells answers that are known already, but not before those who ask have asked: all of one moment together. */
export class Soon {
  #known: { readonly told: Told; readonly answer: Answer }[] = [];

  tell(told: Told, answer: Answer): void {
    // Half the price of queueMicrotask, which makes a resource for those who follow asynchronous calls.
    if (this.#known.length === 0) void Promise.resolve().then(() => this.#tellAll());
    this.#known.push({ told, answer });
  }

  #tellAll(): void {
    const known = this.#known;
    this.#known = [];
    for (const { told, answer } of known) told(answer);
  }
}
