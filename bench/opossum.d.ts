/** opossum comes without types: what the benchmarks use of it. */
declare module 'opossum' {
  export default class CircuitBreaker<Arguments extends unknown[], Result> {
    constructor(
      action: (...args: Arguments) => Promise<Result>,
      options: {
        readonly timeout: number | false;
        readonly errorThresholdPercentage: number;
        readonly volumeThreshold: number;
        readonly resetTimeout: number;
      },
    );
    readonly opened: boolean;
    fire(...args: Arguments): Promise<Result>;
    on(event: 'open', listener: () => void): void;
    shutdown(): void;
  }
}
