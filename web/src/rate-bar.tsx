import type { MeasuredRate } from '../../src/api/contract.ts';
import { percentText } from './format.ts';

const HEIGHT = 20;
const MIDDLE = HEIGHT / 2;

/** A share of 0..100 % as a bar, with its 95 % interval as a whisker over it. */
export function RateBar({ rate: { rate, ci95, outcomes }, name }: { rate: MeasuredRate; name: string }) {
  const [low, high] = ci95.map((share) => 100 * share) as [number, number];
  const interval = `${percentText(ci95[0])} to ${percentText(ci95[1])}`;
  const words = `${name}: ${percentText(rate)} of ${outcomes}, 95 % interval ${interval}`;
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
        <path class="line rate-whisker" d={`M${low} ${MIDDLE}H${high}M${low} 3V17M${high} 3V17`} />
      </svg>
      <small>
        <strong>{percentText(rate)}</strong> ({interval})
      </small>
    </div>
  );
}
