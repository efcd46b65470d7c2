import type { Mean, Rate, SliceStatistics, StatisticsAnswer } from '../../src/api/contract.ts';
import { DecisionChip } from './decision-chip.tsx';
import { countText, returnText } from './format.ts';
import { RateBar } from './rate-bar.tsx';
import { statistics } from './store.ts';
import { LABEL_WORDS, UNRESOLVED_WORDS } from './words.ts';

/** What the outcomes of signals come to. Too few of them are a sentence, never a number. */
export function TrackRecord() {
  const known = statistics.value;
  return (
    <section class="track-record" aria-labelledby="track-record-title">
      <div class="section-head">
        <h2 id="track-record-title">Track record</h2>
        {known !== null && <small class="counts">{countsWords(known)}</small>}
      </div>
      {known === null ? (
        <p class="empty">Waiting for the service.</p>
      ) : known.all.winRate.kind === 'notEnough' ? (
        <p class="empty">{sentence(known.all.winRate.says)}</p>
      ) : (
        <Figures known={known} />
      )}
    </section>
  );
}

function Figures({ known: { all, slices } }: { known: StatisticsAnswer }) {
  return (
    <>
      <div class="scroll">
        <table class="cards">
          <thead>
            <tr>
              <th>Signals</th>
              <th class="number">Outcomes</th>
              <th class="cell-rate">Win rate, 95 % interval</th>
              <th class="number">Expectancy after costs</th>
              <th class="number">Over random entry</th>
            </tr>
          </thead>
          <tbody>
            <Row name="All" slice={all} />
            {slices?.map(({ key, statistics: slice }) => (
              <Row key={key} name={key} slice={slice} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="legend">{costsWords(all.costs)}</p>
    </>
  );
}

function Row({ name, slice }: { name: string; slice: SliceStatistics }) {
  const { resolved, winRate, expectancy, excess } = slice;
  return (
    <tr>
      <th scope="row">{name === 'BUY' || name === 'SELL' ? <DecisionChip kind={name} /> : name}</th>
      <td class="number" data-label="Outcomes">
        {countText(resolved)}
        <small>{worthWords(winRate)}</small>
      </td>
      {winRate.kind === 'notEnough' ? (
        <td class="cell-rate" colSpan={3}>
          {sentence(winRate.says)}
        </td>
      ) : (
        <>
          <td class="cell-rate" data-label="Win rate">
            <RateBar rate={winRate} name={`Win rate, ${name}`} />
          </td>
          <MeanCell name="Expectancy after costs" mean={expectancy} />
          <MeanCell name="Over random entry" mean={excess} />
        </>
      )}
    </tr>
  );
}

function MeanCell({ name, mean }: { name: string; mean: Mean }) {
  return (
    <td class="number" data-label={name}>
      {mean.kind === 'notEnough' ? (
        <small>{mean.says}</small>
      ) : (
        <>
          {returnText(mean.mean)}
          {mean.ci95 !== null && (
            <small>
              {returnText(mean.ci95[0])} to {returnText(mean.ci95[1])}
            </small>
          )}
        </>
      )}
    </td>
  );
}

/** On what prices, how many could be judged, and what kept the others from it. */
function countsWords({ label, all: { resolved, unresolved }, setAside }: StatisticsAnswer): string {
  const reasons = Object.entries(UNRESOLVED_WORDS).flatMap(([reason, words]) => {
    const count = unresolved[reason as keyof typeof unresolved];
    return count === 0 ? [] : [`${countText(count)} × ${words}`];
  });
  return [
    LABEL_WORDS[label.kind],
    `${countText(resolved)} judged`,
    ...(reasons.length === 0 ? [] : [`not judged: ${reasons.join(', ')}`]),
    ...(setAside === 0 ? [] : [`${countText(setAside)} on other prices set aside`]),
  ].join(' · ');
}

function costsWords(costs: Mean): string {
  const taken = costs.kind === 'measured' ? ` (${returnText(-costs.mean)} a signal)` : '';
  return `After costs and slippage as the configuration assumes them${taken}. Outcomes of one day hang together: the intervals are of as many independent ones as they are worth.`;
}

/** What many outcomes of few days come to. */
function worthWords(rate: Rate): string {
  if (rate.kind === 'notEnough') return '';
  const days = rate.days === 1 ? '1 day' : `${countText(rate.days)} days`;
  return rate.outcomesEffective === null ? days : `${days}, worth ${countText(rate.outcomesEffective)}`;
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
