import { styleText } from 'node:util';
import { type Instrument, parseInstrument } from '../core/instrument.ts';
import type { Config } from '../core/options.ts';
import type { View } from '../core/question.ts';
import { quoteTimeMs } from '../core/quote.ts';
import { probeOne, type SourceProbe } from '../main.ts';
import { CommandError, labelledPrice, type Output, printable, scoreText, timeText } from './output.ts';
import { remedyFor, SILENCE_REMEDY } from './remedies.ts';
import { type SettingsOptions, settings } from './settings.ts';

export type SourceTestOptions = SettingsOptions & { readonly symbol?: string; readonly json?: boolean };

/** One real exchange with one source, as it went over the wire, and what was understood. Exit code 1 if nothing was. */
export async function testSource(id: string, options: SourceTestOptions, output: Output): Promise<void> {
  const { config } = settings(options);
  const symbols = options.symbol === undefined ? config.symbols : [instrumentNamed(options.symbol)];
  const tried = await probeOne(config, id, symbols);
  if (tried === null) {
    const known = config.sources.map((source) => source.id).join(', ');
    throw new CommandError(`there is no source "${id}": choose one of ${known}`);
  }
  if (options.json === true) output.json(tried);
  else for (const line of testLines(tried, config)) output.line(line);
  if (tried.probe.kind !== 'answered' || tried.failure !== null) process.exitCode = 1;
}

function instrumentNamed(symbol: string): Instrument {
  const parsed = parseInstrument(symbol);
  if (parsed.kind === 'ok') return parsed.instrument;
  throw new CommandError(`--symbol: ${parsed.detail}`);
}

function testLines(tried: SourceProbe, config: Config): string[] {
  const { id, probe } = tried;
  if (probe.kind === 'unaskable') return [`${bad('not asked')}  ${id}: ${printable(probe.detail)}`];
  const { sent } = probe;
  const lines = [
    heading('sent'),
    ...indented([`${sent.method} ${sent.url}`, ...headerLines(sent.headers), ...bodyLines(sent.body ?? '')]),
  ];
  if (probe.kind === 'silent') {
    return [...lines, '', `${bad('no answer')}  ${printable(probe.detail)}`, remedyLine(SILENCE_REMEDY)];
  }
  const { received } = probe;
  const left = received.bodyChars - received.body.length;
  return [
    ...lines,
    '',
    heading(`received after ${Math.round(probe.tookMs)} ms`),
    ...indented([
      `HTTP ${received.status}`,
      ...headerLines(received.headers),
      ...bodyLines(received.body),
      ...(left > 0 ? [`… and ${left} more characters`] : []),
    ]),
    '',
    ...verdictLines(tried, probe.reading.kind === 'ok' ? probe.reading.view : null, received.atMs, config),
  ];
}

function verdictLines(tried: SourceProbe, view: View | null, atMs: number, config: Config): string[] {
  const { isDeclared, failure, vote } = tried;
  if (failure !== null) {
    const found = `${failure.kind}: ${printable(failure.detail)}`;
    return [`${bad('not understood')}  ${found}`, remedyLine(remedyFor(failure.kind, isDeclared))];
  }
  if (view === null) return [];
  const lines = [`${styleText('green', 'understood')}  ${viewText(view, atMs)}`];
  if (vote !== null) lines.push(`  as a vote: ${scoreText(vote.score)}, ${printable(vote.because)}`);
  const doubt = doubtAbout(view, tried, atMs, config);
  return doubt === null ? lines : [...lines, `${styleText('yellow', 'but')}  ${doubt}`];
}

/** What was read, with its time and age. */
function viewText(view: View, atMs: number): string {
  switch (view.kind) {
    case 'market': {
      const { quote, bars } = view;
      const asOf =
        quote.eventAtMs === null ? 'without a time of its own' : `as of ${agedText(quote.eventAtMs, atMs)}`;
      const price = `${quote.instrumentId} at ${labelledPrice(quote.price, quote.currency)}, ${asOf}`;
      return bars.length === 0 ? price : `${price}; ${barsText(bars, atMs)}`;
    }
    case 'bars':
      return barsText(view.bars, atMs);
    case 'stance':
      return `${view.stance} with confidence ${view.confidence}, of ${agedText(view.eventAtMs, atMs)}`;
    case 'rating': {
      const { strongBuy, buy, hold, sell, strongSell } = view;
      const counts = `${strongBuy + buy} buy, ${hold} hold, ${sell + strongSell} sell`;
      return `ratings: ${counts}, of ${agedText(view.eventAtMs, atMs)}`;
    }
    case 'gauge': {
      const scale = `${view.gauge} ${view.value} of ${view.min} to ${view.max}`;
      return `${scale}, of ${agedText(view.eventAtMs, atMs)}`;
    }
  }
}

function barsText(bars: Extract<View, { kind: 'bars' }>['bars'], atMs: number): string {
  const last = bars.at(-1);
  if (last === undefined) return 'no closed bar';
  const closedAtMs = last.openAtMs + last.intervalMs;
  return `${bars.length} closed bars, the newest closed at ${last.close} on ${agedText(closedAtMs, atMs)}`;
}

function agedText(eventAtMs: number, atMs: number): string {
  const ageS = Math.round((atMs - eventAtMs) / 1_000);
  const age = ageS < 0 ? `${-ageS} s ahead of this machine’s clock` : `${ageS} s old`;
  return `${timeText(eventAtMs)} UTC (${age})`;
}

/** Why an answer that was understood would still not count; null where it would. */
function doubtAbout(
  view: View,
  { id, instrument, vote }: SourceProbe,
  atMs: number,
  { gates, sources }: Config,
): string | null {
  if (view.kind === 'bars' || instrument === null) return null;
  const ageMs = atMs - (view.kind === 'market' ? quoteTimeMs(view.quote) : view.eventAtMs);
  if (-ageMs > gates.futureMsMax) {
    return 'it lies in the future and will be refused: check the unit and the zone of its time, and this machine’s clock';
  }
  const ageMsMax = gates.quoteAgeMsMax[instrument.assetClass];
  if (view.kind === 'market' && ageMs > ageMsMax) {
    return `it is too old to count as a price now: gates.quoteAgeMsMax.${instrument.assetClass} is ${ageMsMax}`;
  }
  const ttlMs = sources.find((source) => source.id === id)?.ttlMs ?? Number.POSITIVE_INFINITY;
  if (vote?.agesFromData === true && ageMs >= ttlMs) {
    return `it is too old to vote: let the provider answer with a newer one, or raise sources.${id}.ttlMs (${ttlMs})`;
  }
  return null;
}

const heading = (text: string): string => styleText('bold', text);
const bad = (text: string): string => styleText('red', text);
const remedyLine = (remedy: string): string => `  → ${remedy}`;
const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${printable(line)}`);

function headerLines(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function bodyLines(body: string): string[] {
  return body === '' ? [] : ['', ...body.split(/\r?\n/)];
}
