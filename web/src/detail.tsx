import { useEffect, useRef } from 'preact/hooks';
import type { Decision, SignalRow } from '../../src/api/contract.ts';
import { certificateLines } from './certificate-words.ts';
import { Chart } from './chart.tsx';
import { DecisionChip } from './decision-chip.tsx';
import { ageText, priceText, scoreText, timeText } from './format.ts';
import { ScoreBar } from './score-bar.tsx';
import { bars, chartSignals, nowMs, selected } from './store.ts';
import { scoreOf } from './vote-shares.ts';
import { VoteTable } from './vote-table.tsx';
import { ABSTAIN_WORDS, leftOutWords, REGIME_WORDS } from './words.ts';

/** Everything about the selected symbol. */
export function Detail() {
  const decision = selected.value;
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where it stands below the board, choosing a symbol would otherwise seem to do nothing.
    const show = () => {
      if (matchMedia('(max-width: 1020px)').matches) section.current?.scrollIntoView();
    };
    addEventListener('hashchange', show);
    return () => removeEventListener('hashchange', show);
  }, []);
  if (decision === null) {
    return (
      <section class="detail" ref={section} aria-label="Selected symbol">
        <p class="empty">No decision yet: the first comes with the first cycle.</p>
      </section>
    );
  }
  const { instrumentId, kind, atMs, certificate, score } = decision;
  const told = bars.value?.instrumentId === instrumentId ? bars.value.bars : [];
  const open = chartSignals.value.find(
    ({ signal, end }) => end === null && signal.instrumentId === instrumentId,
  );
  return (
    <section class="detail" ref={section} aria-labelledby="detail-title">
      <div class="section-head">
        <h2 id="detail-title">{instrumentId}</h2>
        <DecisionChip kind={kind} />
        <small>
          decided {timeText(atMs, nowMs.value)}, {ageText(nowMs.value - atMs)} ago
        </small>
      </div>
      <p class="verdict">{verdictWords(decision)}</p>
      <Chart instrumentId={instrumentId} bars={told} signals={chartSignals.value} />
      <OpenSignal row={open ?? null} />
      <h3>The vote</h3>
      {score !== null && (
        <div class="vote-bar">
          <ScoreBar decision={decision} />
          <small>
            score {scoreText(score)} against ±{scoreOf(certificate.rules.thetaMicro).toFixed(2)}
          </small>
        </div>
      )}
      <VoteTable decision={decision} />
      <LeftOut decision={decision} />
      <h3>Why this is settled</h3>
      <ul class="certificate">
        {certificateLines(decision).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function verdictWords({ reason, detail, price, regime }: Decision): string {
  const why = reason === null ? [] : [`${ABSTAIN_WORDS[reason]}${detail === '' ? '' : `: ${detail}`}.`];
  const market =
    regime === null ? [] : [`The market is ${regime === 'crisis' ? 'in crisis' : REGIME_WORDS[regime]}.`];
  if (price === null) return [...why, ...market].join(' ');
  const { agreeing, dissenting } = price;
  const dissent = dissenting.length === 0 ? '' : `; ${dissenting.join(', ')} disagreed`;
  const fix = `${priceText(price.price)} ${price.currency}, confirmed by ${agreeing.join(', ')}${dissent}.`;
  return [...why, fix, ...market].join(' ');
}

function OpenSignal({ row }: { row: SignalRow | null }) {
  if (row === null) return <p class="empty">No open signal on this symbol.</p>;
  const { side, entry, target, stop, openedAtMs, expiresAtMs, explanation } = row.signal;
  return (
    <div class={`open-signal open-${side.toLowerCase()}`}>
      <p>
        <strong>Open {side} signal</strong> since {timeText(openedAtMs, nowMs.value)}: entry{' '}
        {priceText(entry)}, target {priceText(target)}, stop {priceText(stop)}, until{' '}
        {timeText(expiresAtMs, nowMs.value)}
      </p>
      <p>{explanation}</p>
    </div>
  );
}

function LeftOut({ decision: { leftOut } }: { decision: Decision }) {
  if (leftOut.length === 0) return null;
  return (
    <>
      <h3>Left out</h3>
      <ul class="left-out">
        {leftOut.map(({ sourceId, reason, detail }) => (
          <li key={`${sourceId} ${reason} ${detail}`}>
            <strong>{sourceId}</strong> {leftOutWords(reason)}
            {detail !== '' && <small> {detail}</small>}
          </li>
        ))}
      </ul>
    </>
  );
}
