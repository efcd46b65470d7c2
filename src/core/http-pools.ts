/** Of the last few hundred observations; null before the first. */
export type PhaseFigures = {
  /** Since start. */
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
};

/** The phases of a request that reached the next one: what broke in a phase is not counted in it. */
export type HttpPhase =
  /** From asking for a connection to having one, opening it included. */
  | 'queue'
  /** Opening a connection, TLS included; once per connection. */
  | 'connect'
  /** From the request to the last header line of its answer. */
  | 'headers'
  /** From there to the last byte. */
  | 'body';

/** The connections to one origin. */
export type PoolFigures = {
  readonly origin: string;
  /** At this moment. */
  readonly open: number;
  readonly free: number;
  /** Requests at this moment. */
  readonly queued: number;
  readonly running: number;
  /** Connections since start: had, not had, and gone again. */
  readonly opened: number;
  readonly connectFailures: number;
  readonly closed: number;
  /** Requests since start, and those of them that found their connection open. */
  readonly sent: number;
  readonly reused: number;
  readonly phases: Readonly<Record<HttpPhase, PhaseFigures>>;
};

/** Told of a phase of one request, or of one connection's opening, and how long it took. */
export type PhaseListener = (origin: string, phase: HttpPhase, tookMs: number) => void;

/** What metrics read of the HTTP client. */
export interface HttpPools {
  /** One per origin that was asked, in the order in which they were first asked. */
  pools(): PoolFigures[];
  /** From now on `listener` alone is told of every phase that ended; it must not throw and must be cheap. */
  onPhase(listener: PhaseListener): void;
}
