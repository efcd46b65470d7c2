import type { Config } from '../core/options.ts';
import type { BudgetPlan, PlanCase, SourcePlan } from '../main.ts';

/** A budget plan in words. Pure, so that the words can be tested. */

type Range = Readonly<Record<PlanCase, number>>;
type Limit = NonNullable<SourcePlan['tightest']>;

const MINUTE_MS = 60_000;
const PURPOSES = {
  price: 'prices',
  confirmation: 'second prices',
  bars: 'bars',
  opinion: 'opinions',
} as const;
const SPANS: Readonly<Record<number, string>> = {
  1000: 'a second',
  [MINUTE_MS]: 'a minute',
  3600000: 'an hour',
  86400000: 'a day',
};

/** The three cases, and what no case holds. */
export const CASES_TEXT = [
  'least / steady / most. least: prices stay calm, and votes are decided without the source. steady: prices stay calm, but no',
  'vote is decided without it. most: every price moves in every cycle, and nearly every question takes a call of its own.',
  'Where a call serves both classes, stocks ride along in the batch that crypto pays for.',
  'Not in it: what failures cost (retries: up to a tenth; bars that come late are asked for again) and the first bars after a start.',
] as const;

export const PLAN_HEAD = [
  'source',
  'symbols',
  'asked for',
  'calls a cycle',
  'a minute',
  'a day',
  'a month',
] as const;

export function planTitle({ month, cycleMs, trading }: BudgetPlan): string {
  const { days, openMs } = trading.stock;
  return `${month.year}-${String(month.month).padStart(2, '0')}, a cycle every ${durationText(cycleMs)}; stocks trade ${days} days (${(openMs / 3_600_000).toFixed(1)} h), crypto always`;
}

export function planRows(plan: BudgetPlan): string[][] {
  const rows = plan.sources.flatMap(({ sourceId, classes }) =>
    classes.map(({ assetClass, instrumentIds, purposes, calls }) => [
      sourceId,
      assetClass === 'stock' ? counted(instrumentIds.length, 'stock') : `${instrumentIds.length} crypto`,
      purposes.map((purpose) => PURPOSES[purpose]).join(', '),
      rangeText(calls.perCycle),
      rangeText(calls.perMinute),
      rangeText(calls.perDay),
      rangeText(calls.perMonth),
    ]),
  );
  const { perCycle, perMinute, perDay, perMonth } = plan.calls;
  return [...rows, ['all', '', '', ...[perCycle, perMinute, perDay, perMonth].map(rangeText)]];
}

/** What no case holds because it comes by chance or by failure. */
export type Uncounted = {
  /** Expected in the month, where every symbol can be audited; each asks everyone afresh. */
  readonly audits: number;
  /** `voter: backup`, of those that are enabled. */
  readonly backups: readonly string[];
};

/** Audits: share x symbols x open time / cycle, by asset class. */
export function uncountedOf(
  { cycleMs, trading }: BudgetPlan,
  { planner, flags, symbols, sources }: Config,
): Uncounted {
  const isAudited = flags.changeGate || flags.decidedVote || flags.opinionReuse;
  const decisions = symbols.reduce((sum, { assetClass }) => sum + trading[assetClass].openMs / cycleMs, 0);
  const enabled = sources.filter((source) => source.enabled);
  return {
    audits: isAudited ? planner.auditShare * decisions : 0,
    backups: flags.fallback
      ? enabled.flatMap(({ id, weight, backups }) =>
          weight > 0 ? backups.map(({ source }) => `${id}: ${source}`) : [],
        )
      : [],
  };
}

export function uncountedLines({ audits, backups }: Uncounted): string[] {
  const ofAudits = `audits: ${short(audits)} in the month (planner.auditShare), each up to 2 calls of every source of its symbol, paid ones too; a symbol has none where they would take more than a tenth of a budget or long allowance of one of these.`;
  const ofBackups = `backups (${backups.join(', ')}): each is asked what its voter would have been asked for as long as that one fails.`;
  return [...(audits > 0 ? [ofAudits] : []), ...(backups.length > 0 ? [ofBackups] : [])].map(
    (line) => `not counted: ${line}`,
  );
}

/** One line per source, then the money. */
export function planLines(plan: BudgetPlan): string[] {
  return [
    ...plan.sources.map((source) => `${source.sourceId}: ${sourceText(source, plan.cycleMs)}`),
    ...moneyLines(plan),
  ];
}

function sourceText(source: SourcePlan, cycleMs: number): string {
  const { classes, tightest, verdict } = source;
  if (classes.length === 0) return 'nothing is asked of it.';
  if (tightest === null) return 'no limit is stated.';
  const limit = limitText(tightest);
  if (verdict === 'fits')
    return `fits, whatever happens: at most ${percent(tightest.share.most)} of ${limit}.`;
  if (verdict === 'fitsWhenCalm') {
    return `fits while prices are calm, with ${percent(tightest.share.steady)} of ${limit}; at worst it would want ${percent(tightest.share.most)}, and what is too much is left out.`;
  }
  return shortfallText(source, tightest, cycleMs);
}

function shortfallText(source: SourcePlan, tightest: Limit, cycleMs: number): string {
  const { shortfall, classes } = source;
  if (shortfall === null) return '';
  const { degrades, symbols, unitsLeft, lookEveryMs, ttlMsThatFits } = shortfall;
  const wanted = `The wish list cannot be met: it wants ${whole(tightest.needed.steady)} of ${whole(tightest.allowed)}.`;
  const ofSession = classes.some(({ assetClass }) => assetClass === 'stock') ? ' of session' : '';
  const limit = limitText(tightest);
  const every = durationText(lookEveryMs);
  if (degrades === 'prices') {
    return `${limit} for ${counted(symbols, 'symbol')} = one price per symbol every ${every}${ofSession}, not every ${durationText(cycleMs)}. ${wanted} Its prices come late: watch another source first, raise cycleMs, or state the limits of a larger plan.`;
  }
  const left = unitsLeft < tightest.allowed ? `, ${whole(unitsLeft)} of them left by prices and bars,` : '';
  const remedy =
    ttlMsThatFits === null
      ? 'no ttlMs makes it fit.'
      : `ttlMs: ${ttlMsThatFits} (${durationText(ttlMsThatFits)}) is the shortest that fits.`;
  return `${limit}${left} for ${counted(symbols, 'symbol')} = one look per symbol every ${every}${ofSession}. ${wanted} Its opinions grow old first; ${remedy}`;
}

function limitText({ max, windowMs, judgedOverMs, allowed, setBy, countedIn }: Limit): string {
  const unit = countedIn === 'weight' ? `a weight of ${whole(max)}` : counted(max, 'call');
  const whose = setBy === 'budget' ? 'your budget of ' : '';
  const text = `${whose}${unit} ${SPANS[windowMs] ?? `in ${durationText(windowMs)}`}`;
  if (judgedOverMs === windowMs)
    return allowed === max ? text : `${text} (${whole(allowed)} where they flow evenly)`;
  return `${text} (${whole(allowed)} in the asking time of ${durationText(judgedOverMs)})`;
}

function moneyLines({ sources, calls, money, unpriced }: BudgetPlan): string[] {
  const paid = sources.filter(({ priceUsdPerCall }) => (priceUsdPerCall ?? 0) > 0);
  const lines = paid.flatMap((source) =>
    source.money === null
      ? []
      : [
          `${source.sourceId}: $${source.priceUsdPerCall} a call makes ${usdText(source.money.usdPerDay)} a day, ${usdText(source.money.usdPerMonth)} a month.`,
        ],
  );
  const billed = unpriced.map(
    (id) =>
      `${id}: as billed. What a call costs only its answer tells: set sources.${id}.priceUsdPerCall to plan with an assumed price.`,
  );
  const known =
    paid.length === 0
      ? 'no price list asks for money per call'
      : `${usdText(money.usdPerDay)} a day, ${usdText(money.usdPerMonth)} a month`;
  const rest = unpriced.length === 0 ? '' : `; what ${unpriced.join(' and ')} will bill comes on top`;
  return [...lines, ...billed, `all: ${rangeText(calls.perMonth)} calls a month; ${known}${rest}.`];
}

function rangeText({ least, steady, most }: Range): string {
  const texts = [least, steady, most].map(short);
  return new Set(texts).size === 1 ? (texts[0] ?? '') : texts.join(' / ');
}

function usdText({ least, steady, most }: Range): string {
  return [least, steady, most]
    .map((usd) => `$${usd.toLocaleString('en-US', { maximumFractionDigits: 2 })}`)
    .join(' / ');
}

/** Three digits that matter: 0.08, 12, 17.3K. */
function short(value: number): string {
  return value.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
}

function whole(value: number): string {
  return Math.floor(value).toLocaleString('en-US');
}

function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Rounded up, so that nothing small becomes nothing. */
function percent(share: number): string {
  return `${Math.ceil(share * 100).toLocaleString('en-US')} %`;
}

/** Rounded up to whole seconds below two minutes, minutes below ten hours, hours below three days, then days. */
export function durationText(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${Math.ceil(ms / 1_000)} s`;
  const minutes = Math.ceil(ms / MINUTE_MS);
  if (minutes < 600) return `${minutes} min`;
  return minutes < 3 * 1_440 ? `${Math.ceil(minutes / 60)} h` : `${Math.ceil(minutes / 1_440)} days`;
}
