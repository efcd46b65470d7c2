import type { SignalOutcome, SignalRow } from '../../src/api/contract.ts';
import { DecisionChip } from './decision-chip.tsx';
import { priceText, returnText, timeText } from './format.ts';
import { nowMs, recentSignals } from './store.ts';
import { END_WORDS, UNRESOLVED_WORDS } from './words.ts';

/** The newest signals and how they ended. */
export function RecentSignals() {
  const rows = recentSignals.value;
  return (
    <section class="signals" aria-labelledby="signals-title">
      <h2 id="signals-title">Recent signals</h2>
      {rows === null || rows.length === 0 ? (
        <p class="empty">{rows === null ? 'Waiting for the service.' : 'No signal yet.'}</p>
      ) : (
        <div class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th>Symbol, opened</th>
                <th>Side</th>
                <th class="number">Entry</th>
                <th class="number">Target</th>
                <th class="number">Stop</th>
                <th>Outcome</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.signal.id} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ row: { signal, end, outcome } }: { row: SignalRow }) {
  const { instrumentId, side, openedAtMs, entry, target, stop, explanation } = signal;
  return (
    <tr title={explanation}>
      <th scope="row">
        <a href={`#${instrumentId}`}>{instrumentId}</a>
        <small>{timeText(openedAtMs, nowMs.value)}</small>
      </th>
      <td>
        <DecisionChip kind={side} />
      </td>
      <td class="number" data-label="Entry">
        {priceText(entry)}
      </td>
      <td class="number" data-label="Target">
        {priceText(target)}
      </td>
      <td class="number" data-label="Stop">
        {priceText(stop)}
      </td>
      <td data-label="Outcome">
        {end === null && <strong>{outcome === null ? 'open' : 'open, '}</strong>}
        {outcome !== null ? <Judged outcome={outcome} /> : end !== null && <Ending end={end} />}
      </td>
    </tr>
  );
}

/** What closed bars say came of it; the service itself may have seen it end otherwise. */
function Judged({ outcome }: { outcome: SignalOutcome }) {
  if (outcome.kind === 'unresolved') {
    return (
      <>
        not judged<small title={outcome.detail}>{UNRESOLVED_WORDS[outcome.reason]}</small>
      </>
    );
  }
  const { cause, netReturn, exitPrice, exitAtMs } = outcome;
  return (
    <>
      {END_WORDS[cause]}{' '}
      <strong class={netReturn > 0 ? 'gain' : 'loss'} title="after costs and slippage">
        {returnText(netReturn)}
      </strong>
      <small>
        at {priceText(exitPrice)}, {timeText(exitAtMs, nowMs.value)}
      </small>
    </>
  );
}

function Ending({ end }: { end: NonNullable<SignalRow['end']> }) {
  return (
    <>
      {END_WORDS[end.cause]}
      <small>
        at {priceText(end.price)}, {timeText(end.atMs, nowMs.value)}
      </small>
    </>
  );
}
