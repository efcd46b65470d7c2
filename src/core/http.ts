/** The HTTP port. Bodies are text: every provider here speaks JSON or plain text. */

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  /** Absolute. May hold a key in its query: never print it unredacted. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

export type HttpResponse = {
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When the whole answer was here (Unix ms). */
  readonly receivedAtMs: number;
};

export type HttpOptions = {
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** Of the decompressed body. */
  readonly bytesMax: number;
};

export type HttpOutcome = {
  /** Of the time it took: how long this process was busy, and could not have read an answer; absent where nobody looked. */
  readonly ownMs?: number;
} & (
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | {
      readonly kind: 'failed';
      readonly reason: 'timeout' | 'connection' | 'tooLarge' | 'redirect';
      readonly detail: string;
      /** True when nothing of the request can have reached the provider: asking again cannot be billed twice. */
      readonly unsent?: boolean;
    }
);

export interface Http {
  /** Never rejects: every failure is an outcome. Redirects are not followed. */
  send(request: HttpRequest, options: HttpOptions): Promise<HttpOutcome>;
  /** Closes idle connections; running exchanges have a moment to finish, then they are failures. */
  close(): Promise<void>;
}
