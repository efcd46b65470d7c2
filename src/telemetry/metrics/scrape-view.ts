import type { HttpPools, PoolFigures } from '../../core/http-pools.ts';
import type { LiveSource, LiveState, LiveView } from '../../core/live.ts';

/** What one scrape shows: looked up once, however many metrics are made of it. */
export class ScrapeView implements Pick<LiveView, 'state' | 'sources'>, Pick<HttpPools, 'pools'> {
  readonly #live: Pick<LiveView, 'state' | 'sources'>;
  readonly #http: Pick<HttpPools, 'pools'> | null;
  #state: LiveState | null = null;
  #sources: readonly LiveSource[] | null = null;
  #pools: PoolFigures[] | null = null;

  constructor(live: Pick<LiveView, 'state' | 'sources'>, http: Pick<HttpPools, 'pools'> | null) {
    this.#live = live;
    this.#http = http;
  }

  /** From now on what is looked up is what is now. */
  renew(): void {
    this.#state = null;
    this.#sources = null;
    this.#pools = null;
  }

  state(): LiveState {
    this.#state ??= this.#live.state();
    return this.#state;
  }

  sources(): readonly LiveSource[] {
    this.#sources ??= this.#live.sources();
    return this.#sources;
  }

  pools(): PoolFigures[] {
    this.#pools ??= this.#http?.pools() ?? [];
    return this.#pools;
  }
}
