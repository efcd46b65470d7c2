/** What crosses the wire between a client and an emulated provider, free of any transport. */

export type LabRequest = {
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

export type LabResponse = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * How an exchange ends. `whole`: the response arrives. `refused`: no connection. `hang`: accepted, and then nothing.
 * `reset`: the connection breaks in the middle of the body. `trickle`: the body begins in time and never ends.
 */
export type Fate = 'whole' | 'refused' | 'hang' | 'reset' | 'trickle';

export type Served = {
  readonly response: LabResponse;
  /** From arrival to the last byte. */
  readonly delayMs: number;
  readonly fate: Fate;
};
