import type { Decision } from '../../src/api/contract.ts';
import { scoreText } from './format.ts';
import { sourceHues } from './store.ts';
import { type Segment, scoreOf, stack, voteShares } from './vote-shares.ts';

const HEIGHT = 24;
const [BAR_TOP, BAR_HEIGHT] = [6, 12];

/** Score units to the bar's own: -100 is -1, 100 is +1. */
const x = (score: number): number => Math.max(-100, Math.min(100, score * 100));

export const hueOf = (sourceId: string): string => `hue-${(sourceHues.value.get(sourceId) ?? 0) % 8}`;

/**
 * The score against its threshold. Stacked from the middle: what each source added; upright: their sum; the thin line
 * below: where the sum could still have come to lie; shaded: beyond the threshold.
 */
export function ScoreBar({ decision }: { decision: Decision }) {
  const { certificate, score } = decision;
  if (score === null) return null;
  const theta = scoreOf(certificate.rules.thetaMicro);
  const shares = voteShares(certificate);
  const parts = shares.map(({ sourceId, share }) => `${sourceId} ${scoreText(share)}`).join(', ');
  const words = `Score ${scoreText(score)}, threshold ±${theta.toFixed(2)}: ${parts}`;
  return (
    <svg
      class="score-bar"
      viewBox={`-100 0 200 ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      <rect class="zone zone-hold" x={x(-theta)} y={BAR_TOP} width={2 * x(theta)} height={BAR_HEIGHT} />
      <rect class="zone zone-sell" x="-100" y={BAR_TOP} width={100 - x(theta)} height={BAR_HEIGHT} />
      <rect class="zone zone-buy" x={x(theta)} y={BAR_TOP} width={100 - x(theta)} height={BAR_HEIGHT} />
      {stack(shares).map((segment) => (
        <SegmentRect key={segment.sourceId} segment={segment} />
      ))}
      <path class="line line-zero" d={`M0 3V${HEIGHT - 3}`} />
      <path class="line line-theta" d={`M${x(theta)} 4V${HEIGHT - 4}M${x(-theta)} 4V${HEIGHT - 4}`} />
      {certificate.low !== null && certificate.high !== null && certificate.low < certificate.high && (
        <path class="line line-range" d={`M${x(certificate.low)} ${HEIGHT - 2}H${x(certificate.high)}`} />
      )}
      <path class="line line-score" d={`M${x(score)} 1V${HEIGHT - 1}`} />
    </svg>
  );
}

function SegmentRect({ segment: { sourceId, from, to } }: { segment: Segment }) {
  return (
    <rect
      class={`segment ${hueOf(sourceId)}`}
      x={x(from)}
      y={BAR_TOP}
      width={x(to) - x(from)}
      height={BAR_HEIGHT}
    />
  );
}
