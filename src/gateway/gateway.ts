import type { Answer, Ask, Gateway, SourceHealth, Told } from '../core/answer.ts';
import type { ComponentSize } from '../core/component-size.ts';
import { failure } from '../core/failure.ts';
import { putAll } from '../core/put-all.ts';
import { Books, type Terms } from './books.ts';
import { Deadlines } from './deadline.ts';
import { Lane, termsOf } from './lane.ts';
import { Memories } from './memories.ts';
import { failedAnswer } from './outcome.ts';
import type { ConfiguredSource, GatewayParts } from './parts.ts';

export type ReconfigurableGateway = Gateway & {
  /**
   * From now on these. A source that is configured as before goes on as if nothing had happened. Of one that changed, what
   * is under way ends as it began, with its old key; what is asked from now on goes the new way; all that is counted of
   * its limits and its budget is counted on.
   */
  reconfigure(next: Pick<GatewayParts, 'sources' | 'symbols' | 'options'>): void;
  /** What waits and what is parked, of all sources together. */
  sizes(): ComponentSize[];
};

/** Carries questions to their sources and answers back. Closing refuses what has not left; it does not close `http`. */
export function createGateway(initial: GatewayParts): ReconfigurableGateway {
  let parts = initial;
  const deadlines = new Deadlines(parts.clock);
  const memories = parts.memory === null ? null : new Memories(parts.memory, parts.clock.nowMs());
  /** A source that is taken away may come back on the same day. */
  const books = new Map<string, Books>();
  const booksFor = (terms: Terms): Books => {
    const { id } = terms.source;
    const known = books.get(id);
    if (known === undefined) {
      const opened = new Books(terms, { ...parts, memories });
      books.set(id, opened);
      return opened;
    }
    known.adopt(terms);
    return known;
  };
  let lanes = new Map<string, Lane>();
  const laneOf = (configured: ConfiguredSource): Lane => {
    const before = lanes.get(configured.options.id);
    const terms = termsOf(configured, parts);
    if (before?.isAsBefore(configured, terms, parts.options)) return before;
    return new Lane(configured, parts, deadlines, booksFor(terms));
  };
  const openLanes = (): void => {
    lanes = new Map(parts.sources.map((configured) => [configured.options.id, laneOf(configured)]));
  };
  openLanes();

  const put = (ask: Ask, told: Told): void => {
    const lane = lanes.get(ask.sourceId);
    if (lane === undefined) queueMicrotask(() => told(unknownSource(ask)));
    else lane.put(ask, parts.clock.nowMs(), told);
  };

  return {
    put,
    ask: (asks) => putAll(put, asks),
    judged: (provenance, fault) =>
      lanes.get(provenance.sourceId)?.judged(provenance.endpoint, fault, parts.clock.nowMs()),
    health: (): SourceHealth[] => [...lanes.values()].map((lane) => lane.health()),
    reconfigure: (next) => {
      parts = { ...parts, ...next };
      openLanes();
    },
    sizes: () => {
      const held = [...lanes.values()].map((lane) => lane.held());
      const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
      return [
        {
          component: 'queue',
          entries: sum([...books.values()].map((each) => each.departures.size)),
          bytes: null,
        },
        { component: 'coalescer', entries: sum(held.map(({ coalescer }) => coalescer)), bytes: null },
        { component: 'parking', entries: sum(held.map(({ parking }) => parking)), bytes: null },
      ];
    },
    close: async () => {
      for (const each of books.values()) each.close();
      deadlines.close();
    },
  };
}

function unknownSource({ sourceId }: Ask): Answer {
  return failedAnswer(failure('disabled', `no source is called ${sourceId}`));
}
