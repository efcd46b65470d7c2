import type { Answer, Ask, Gateway } from './answer.ts';

/** The answers to all of `asks`, in their order, once the last is there. */
export function putAll(put: Gateway['put'], asks: readonly Ask[]): Promise<Answer[]> {
  return new Promise((resolve) => {
    const answers: Answer[] = [];
    let open = asks.length;
    if (open === 0) resolve(answers);
    asks.forEach((ask, index) => {
      put(ask, (answer) => {
        answers[index] = answer;
        open -= 1;
        if (open === 0) resolve(answers);
      });
    });
  });
}
