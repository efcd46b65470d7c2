import type { MeasuredRate } from '../../src/api/contract.ts';
import { percentText } from './format.ts';

const HEIGHT = 20;
const MIDDLE = HEIGHT / 2;

/** A share of 0..100 % as a bar, with its 95 % interval as a whisker over it; where there is none, the words for it. */
export function RateBar({ rate: figure, name }: { rate: MeasuredRate; name: string }) {
  const { rate, ci95, outcomes, says } = figure;
  const interval = ci95 === null ? (says ?? '') : `${percentText(ci95[0])} to ${percentText(ci95[1])}`;
  const words = `${name}: ${percentText(rate)} of ${outcomes}, ${ci95 === null ? '' : '95 % interval '}${interval}`;
  return (
    <div class="rate">
      <svg
        class="rate-bar"
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        <title>{words}</title>
        <rect class="rate-track" x="0" y="5" width="100" height="10" />
        <rect class="rate-fill" x="0" y="5" width={100 * rate} height="10" />
        {ci95 !== null && <path class="line rate-whisker" d={whisker(100 * ci95[0], 100 * ci95[1])} />}
      </svg>
      <small>
        <strong>{percentText(rate)}</strong> ({interval})
      </small>
    </div>
  );
}

const whisker = (low: number, high: number): string => `M${low} ${MIDDLE}H${high}M${low} 3V17M${high} 3V17`;
