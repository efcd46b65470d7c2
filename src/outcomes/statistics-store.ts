import type { UnresolvedReason } from '../core/outcome.ts';
import type { SignalEnd } from '../core/signal.ts';
import type { Leaning, Scored, ScoredResult, Stratum } from './statistics-scored.ts';

const VERDICTS = [
  'flip',
  'target',
  'stop',
  'expiry',
  'gap',
  'halt',
  'split',
  'noBars',
] as const satisfies readonly (SignalEnd | UnresolvedReason)[];
type Verdict = (typeof VERDICTS)[number];
const AMBIGUOUS = VERDICTS.length;

/** Numbers per outcome: when, confidence, gross, net, baseline, stratum, leanings, verdict. */
const WIDTH = 8;
const CHUNK_ROWS = 1_024;

/** All outcomes of a record in 64 bytes each: any slice of them is counted without reading the record. */
export class StatisticsStore {
  readonly #strata = new Interned<Stratum>();
  readonly #leanings = new Interned<readonly Leaning[]>();
  readonly #chunks: Float64Array[] = [];
  #rows = 0;

  get size(): number {
    return this.#rows;
  }

  add({ atMs, stratum, leanings, confidence, result }: Scored): void {
    const { instrumentId, side, regime, configVersion } = stratum;
    const own = { instrumentId, side, regime, configVersion };
    const values = [
      atMs,
      confidence,
      ...returnsOf(result),
      this.#strata.indexOf(`${instrumentId}|${side}|${regime}|${configVersion}`, own),
      this.#leanings.indexOf(leanings.map(({ sourceId, way }) => `${sourceId}|${way}`).join(), leanings),
      verdictOf(result),
    ];
    const at = this.#rows % CHUNK_ROWS;
    if (at === 0) this.#chunks.push(new Float64Array(CHUNK_ROWS * WIDTH));
    this.#chunks.at(-1)?.set(values, at * WIDTH);
    this.#rows += 1;
  }

  /** Shows those added as number `from` to before `to`, from 0; equal strata are the same object. */
  each(from: number, to: number, show: (scored: Scored) => void): void {
    for (let row = from; row < to; row += 1) {
      const values = this.#chunks[Math.floor(row / CHUNK_ROWS)];
      if (values === undefined) return;
      show(this.#scoredAt(values, (row % CHUNK_ROWS) * WIDTH));
    }
  }

  #scoredAt(values: Float64Array, at: number): Scored {
    const of = (field: number): number => values[at + field] ?? Number.NaN;
    return {
      atMs: of(0),
      confidence: of(1),
      stratum: this.#strata.at(of(5)),
      leanings: this.#leanings.at(of(6)),
      result: resultOf(of(7), of(2), of(3), of(4)),
    };
  }
}

/** Gross, net, baseline: NaN where there is none, which is read back by the verdict alone or as null. */
function returnsOf(result: ScoredResult): readonly [number, number, number] {
  if (result.kind === 'unresolved') return [Number.NaN, Number.NaN, Number.NaN];
  return [result.grossReturn, result.netReturn, result.baselineReturn ?? Number.NaN];
}

function verdictOf(result: ScoredResult): number {
  if (result.kind === 'unresolved') return VERDICTS.indexOf(result.reason);
  return VERDICTS.indexOf(result.cause) + (result.isAmbiguous ? AMBIGUOUS : 0);
}

function resultOf(code: number, grossReturn: number, netReturn: number, baseline: number): ScoredResult {
  const isAmbiguous = code >= AMBIGUOUS;
  const verdict = VERDICTS[isAmbiguous ? code - AMBIGUOUS : code];
  if (verdict === undefined) throw new RangeError(`${code} names no verdict`);
  if (isReason(verdict)) return { kind: 'unresolved', reason: verdict };
  const baselineReturn = Number.isNaN(baseline) ? null : baseline;
  return { kind: 'resolved', cause: verdict, isAmbiguous, grossReturn, netReturn, baselineReturn };
}

function isReason(verdict: Verdict): verdict is UnresolvedReason {
  return verdict === 'gap' || verdict === 'halt' || verdict === 'split' || verdict === 'noBars';
}

/** What many rows share, kept once. */
class Interned<T> {
  readonly #values: T[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(key: string, value: T): number {
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  at(index: number): T {
    const value = this.#values[index];
    if (value === undefined) throw new RangeError(`nothing was kept as ${index}`);
    return value;
  }
}
