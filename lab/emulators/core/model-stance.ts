import type { Look } from './look.ts';

export type Stance = {
  readonly symbol: string;
  readonly stance: 'buy' | 'sell' | 'hold';
  readonly confidence: number;
  readonly rationale: string;
};

const MINUTE_MS = 60_000;
/** A model's mood lasts this long: what it says is one answer per bucket. */
const MOOD_MS = 300_000;
const MEMORY_BARS = 60;
const HOLD_BELOW = 0.35;

/**
 * What an emulated model says of one instrument: the drift of the last hour of closed minutes in units of its own
 * noise, plus a mood of the provider's own. Knows the market's past and nothing of its future. Null without history.
 */
export function modelStance(look: Look, instrumentId: string): Stance | null {
  const closes = look.lastBars(instrumentId, MINUTE_MS, MEMORY_BARS).map(({ close }) => close);
  const first = closes[0];
  const last = closes.at(-1);
  if (closes.length < 10 || first === undefined || last === undefined) return null;

  let squares = 0;
  for (let at = 1; at < closes.length; at += 1) {
    squares += Math.log((closes[at] as number) / (closes[at - 1] as number)) ** 2;
  }
  const drift = squares === 0 ? 0 : Math.log(last / first) / Math.sqrt(squares);
  const score = Math.tanh(0.7 * drift + 0.35 * look.normal(instrumentId, 7, MOOD_MS));
  const changePct = ((last / first - 1) * 100).toFixed(2);
  const stance = Math.abs(score) < HOLD_BELOW ? 'hold' : score > 0 ? 'buy' : 'sell';
  return {
    symbol: instrumentId,
    stance,
    confidence: Math.round((stance === 'hold' ? 1 - Math.abs(score) : Math.abs(score)) * 95) / 100,
    rationale: `${changePct} % over the last ${closes.length} minutes, ${Math.abs(drift).toFixed(1)} times its usual noise.`,
  };
}

/** Symbols named in the prompt's data block, `{"instruments":[{"symbol":…}]}`, wherever it stands in `prompt`. */
export function promptSymbols(prompt: string): string[] {
  const start = prompt.indexOf('{"instruments":');
  if (start === -1) return [];
  try {
    const block = JSON.parse(prompt.slice(start)) as { instruments?: unknown };
    if (!Array.isArray(block.instruments)) return [];
    return block.instruments
      .map((entry: unknown) => (entry as { symbol?: unknown } | null)?.symbol)
      .filter((symbol): symbol is string => typeof symbol === 'string');
  } catch {
    return [];
  }
}

/** The model's answer to a prompt: JSON of the asked schema, or plain words when it saw no data. */
export function modelText(look: Look, prompt: string): string {
  const symbols = promptSymbols(prompt);
  if (symbols.length === 0) return 'I can only judge instruments given as data.';
  const stances = symbols
    .map((symbol) => look.subject(symbol))
    .map((id) => (id === null ? null : modelStance(look, id)))
    .filter((stance) => stance !== null);
  return JSON.stringify({ stances });
}

/** About four characters a token, as providers say of English text. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
