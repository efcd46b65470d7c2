import type { Answer, Told } from '../core/answer.ts';

/** Tells answers that are known already, but not before those who ask have asked: all of one moment together. */
export class Soon {
  #known: { readonly told: Told; readonly answer: Answer }[] | null = null;

  tell(told: Told, answer: Answer): void {
    const known = { told, answer };
    if (this.#known !== null) {
      this.#known.push(known);
      return;
    }
    this.#known = [known];
    // Half the price of queueMicrotask, which makes a resource for those who follow asynchronous calls.
    void Promise.resolve().then(() => this.#tellAll());
  }

  #tellAll(): void {
    const known = this.#known ?? [];
    this.#known = null;
    for (const { told, answer } of known) told(answer);
  }
}
