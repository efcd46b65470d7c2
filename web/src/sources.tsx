import type { LiveSource } from '../../src/api/contract.ts';
import { ageText, countText, latencyText, percentText, UNKNOWN, usdText } from './format.ts';
import { hueOf } from './score-bar.tsx';
import { nowMs, sources } from './store.ts';
import { leftOutWords, STATE_WORDS } from './words.ts';

/** Health and cost of every source. */
export function Sources() {
  const known = sources.value;
  return (
    <section class="sources" aria-labelledby="sources-title">
      <h2 id="sources-title">Sources</h2>
      {known === null || known.length === 0 ? (
        <p class="empty">{known === null ? 'Waiting for the service.' : 'No source is configured.'}</p>
      ) : (
        <div class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th>Source</th>
                <th>State</th>
                <th class="number">Health</th>
                <th>Operator</th>
                <th>Analyst</th>
                <th class="number">Weight</th>
                <th class="number">Requests</th>
                <th class="number">Answered</th>
                <th>Failures</th>
                <th class="number">p50</th>
                <th class="number">Spent</th>
                <th>Last failure</th>
              </tr>
            </thead>
            <tbody>
              {known.map((source) => (
                <Row key={source.sourceId} source={source} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ source }: { source: LiveSource }) {
  const { sourceId, title, state, operator, analyst, weightShare, requests, answered } = source;
  const { icon, words } = STATE_WORDS[state];
  return (
    <tr>
      <th scope="row" title={title}>
        <span class={`swatch ${hueOf(sourceId)}`} aria-hidden="true" /> {sourceId}
      </th>
      <td data-label="State" class={`state state-${state}`}>
        <span aria-hidden="true">{icon}</span> {words}
      </td>
      <td class="number" data-label="Health">
        {source.score === null ? UNKNOWN : percentText(source.score)}
      </td>
      <td data-label="Operator">{operator}</td>
      <td data-label="Analyst">{analyst}</td>
      <td class="number" data-label="Weight">
        {weightShare === 0 ? 'watch only' : percentText(weightShare)}
      </td>
      <td class="number" data-label="Requests">
        {countText(requests)}
      </td>
      <td class="number" data-label="Answered">
        {countText(answered)}
      </td>
      <td data-label="Failures">{failureCounts(source)}</td>
      <td class="number" data-label="p50">
        {latencyText(source.latencyP50Ms)}
      </td>
      <td class="number" data-label="Spent">
        {usdText(source.spentUsd)}
      </td>
      <td class="because" data-label="Last failure">
        {lastFailureWords(source)}
      </td>
    </tr>
  );
}

function failureCounts({ failedByKind }: LiveSource): string {
  const counts = Object.entries(failedByKind).filter(([, count]) => count > 0);
  if (counts.length === 0) return 'none';
  return counts.map(([kind, count]) => `${countText(count)} × ${leftOutWords(kind)}`).join(', ');
}

function lastFailureWords({ lastFailure }: LiveSource): string {
  if (lastFailure === null) return UNKNOWN;
  const { kind, detail, atMs } = lastFailure;
  return `${leftOutWords(kind)}, ${ageText(nowMs.value - atMs)} ago: ${detail}`;
}
