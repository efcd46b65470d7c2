import type { DataLabel, LiveState } from '../../src/api/contract.ts';
import { ageText, countText, latencyText, minuteText, UNKNOWN } from './format.ts';
import { Mark } from './mark.tsx';
import { connection, nowMs, state } from './store.ts';

/** What kind of prices these are: loud unless they are live. */
export function Banner() {
  const label = state.value?.label;
  if (label === undefined || label.kind === 'LIVE') return null;
  return (
    <p class={`banner banner-${label.kind.toLowerCase()}`} role="note">
      <strong>{label.kind}</strong> {labelWords(label)}
    </p>
  );
}

function labelWords(label: Exclude<DataLabel, { kind: 'LIVE' }>): string {
  if (label.kind === 'REPLAY')
    return `recorded prices from ${minuteText(label.fromMs)} to ${minuteText(label.toMs)} UTC: the past, not now`;
  return label.bars === undefined
    ? `generated prices, seed “${label.seed}”: no real market`
    : `made-up opinions, seed “${label.seed}”, on recorded prices: nobody said that`;
}

export function Header() {
  const known = state.value;
  return (
    <header>
      <h1>
        <Mark /> Sextant
      </h1>
      <dl class="figures">
        <Figure name="Cycle" value={countText(known?.cycle ?? null)} />
        <Figure name="Cycle age" value={cycleAge(known)} />
        <Figure name="Cycle took" value={latencyText(known?.lastCycleTookMs ?? null)} />
        <Figure name="Decisions made / due" value={madeOfDue(known)} />
      </dl>
      <Readiness />
    </header>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function cycleAge(known: LiveState | null): string {
  const atMs = known?.lastCycleAtMs ?? null;
  return atMs === null ? UNKNOWN : ageText(nowMs.value - atMs);
}

function madeOfDue(known: LiveState | null): string {
  return known === null ? UNKNOWN : `${countText(known.decisionsMade)} / ${countText(known.decisionsDue)}`;
}

function Readiness() {
  const link = connection.value;
  const known = state.value;
  if (link.kind === 'lost') {
    return (
      <p class="readiness is-bad" role="alert">
        <span aria-hidden="true">✕</span> Disconnected since{' '}
        {new Date(link.sinceMs).toISOString().slice(11, 19)}: everything shown is from then. Reconnecting…
      </p>
    );
  }
  if (link.kind === 'connecting' || known === null) return <p class="readiness">Connecting…</p>;
  const { ready, troubles } = known;
  if (ready && troubles.length === 0) {
    return (
      <p class="readiness is-good">
        <span aria-hidden="true">●</span> Ready
      </p>
    );
  }
  return (
    <details class={`readiness ${ready ? 'is-warning' : 'is-bad'}`}>
      <summary>
        <span aria-hidden="true">{ready ? '◐' : '✕'}</span> {ready ? 'Ready, degraded' : 'Not ready'} (
        {troubles.length})
      </summary>
      <ul>
        {troubles.map((trouble) => (
          <li key={trouble}>{trouble}</li>
        ))}
      </ul>
    </details>
  );
}
