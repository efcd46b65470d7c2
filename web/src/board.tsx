import { signal } from '@preact/signals';
import type { Decision } from '../../src/api/contract.ts';
import { DecisionChip } from './decision-chip.tsx';
import { ageText, priceText, scoreText, UNKNOWN } from './format.ts';
import { hueOf, ScoreBar } from './score-bar.tsx';
import { decisions, nowMs, selectedId, sourceHues } from './store.ts';
import { ABSTAIN_WORDS, REGIME_WORDS } from './words.ts';

/** From this many symbols on they can be searched; more rows than the other are not drawn at once. */
const [SEARCH_MIN, ROWS_MAX] = [13, 200];

const search = signal('');

export function Board() {
  const known = decisions.value;
  const all = [...(known?.values() ?? [])];
  const found = all.filter(({ instrumentId }) => instrumentId.includes(search.value.trim().toUpperCase()));
  return (
    <section class="board" aria-labelledby="board-title">
      <div class="section-head">
        <h2 id="board-title">Standing decisions</h2>
        <small class="counts">{countsText(all)}</small>
        {all.length >= SEARCH_MIN && (
          <input
            type="search"
            aria-label="Find a symbol"
            placeholder={`Find among ${all.length}`}
            onInput={(event) => {
              search.value = event.currentTarget.value;
            }}
          />
        )}
      </div>
      {known === null ? <p class="empty">Waiting for the service.</p> : <Rows rows={found} />}
    </section>
  );
}

function Rows({ rows }: { rows: readonly Decision[] }) {
  if (rows.length === 0) return <p class="empty">No decision yet.</p>;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th class="cell-symbol">Symbol</th>
            <th class="cell-decision">Decision</th>
            <th class="number cell-price">Price</th>
            <th class="cell-score">Score</th>
            <th class="number cell-confidence">Confidence</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map((decision) => (
            <Row key={decision.instrumentId} decision={decision} />
          ))}
        </tbody>
      </table>
      <Legend />
      {rows.length > ROWS_MAX && <p class="empty">{rows.length - ROWS_MAX} more: search for them.</p>}
    </>
  );
}

/** `2 BUY · 3 HOLD`. */
function countsText(all: readonly Decision[]): string {
  const counted = (['BUY', 'SELL', 'HOLD', 'ABSTAIN'] as const).map((kind) => {
    const count = all.filter((decision) => decision.kind === kind).length;
    return count === 0 ? null : `${count} ${kind}`;
  });
  return counted.filter((text) => text !== null).join(' · ');
}

/** How to read the bars. */
function Legend() {
  return (
    <p class="legend">
      {[...sourceHues.value.keys()].map((sourceId) => (
        <span key={sourceId}>
          <span class={`swatch ${hueOf(sourceId)}`} aria-hidden="true" /> {sourceId}
        </span>
      ))}
      <span>
        <i class="key-score" aria-hidden="true" /> their sum, the score
      </span>
      <span>
        <i class="key-theta" aria-hidden="true" /> threshold
      </span>
      <span>
        <i class="key-range" aria-hidden="true" /> where the score could still have come to lie
      </span>
    </p>
  );
}

function Row({ decision }: { decision: Decision }) {
  const { instrumentId, kind, price, score, confidence, regime, reason, detail } = decision;
  const isSelected = selectedId.value === instrumentId;
  return (
    <tr class={isSelected ? 'is-selected' : ''} data-symbol={instrumentId}>
      <th scope="row" class="cell-symbol">
        <a href={`#${instrumentId}`} aria-current={isSelected ? 'true' : undefined}>
          {instrumentId}
        </a>
        <small>{regime === null ? UNKNOWN : REGIME_WORDS[regime]}</small>
      </th>
      <td class="cell-decision">
        <DecisionChip kind={kind} />
      </td>
      <td class="number cell-price">
        {priceText(price?.price ?? null)}
        <small>{price === null ? 'no price' : `${ageText(nowMs.value - price.asOfMs)} old`}</small>
      </td>
      <td class="cell-score">
        {score === null ? null : <ScoreBar decision={decision} />}
        <small>
          {reason === null ? (
            `score ${scoreText(score)}`
          ) : (
            <span title={detail}>{ABSTAIN_WORDS[reason]}</span>
          )}
        </small>
      </td>
      <td class="number cell-confidence">{confidence === null ? UNKNOWN : confidence.toFixed(2)}</td>
    </tr>
  );
}
