import { DAY_MS } from '../../market/market.ts';
import { commaList, countOf } from '../core/formats.ts';
import type { Look, Outlook } from '../core/look.ts';
import { toneAt } from '../core/opinions.ts';
import { type Call, JsonText, type Reply } from '../core/provider.ts';

const SLOT_MS = 30 * 60_000;
const ARTICLES_PER_SLOT = 0.6;
const ORIGINS = ['news.example', 'wire.example', 'markets.example', 'daily.example', 'blog.example'];
const TONE = { spanMs: DAY_MS / 2, usualMove: 0.015 };

type Article = {
  readonly atMs: number;
  readonly origin: string;
  readonly score: number;
  readonly relevance: number;
};

/**
 * Articles of the last days: some half hours have one, its tone follows the half day before it. An article never
 * changes once written. Several tickers mean articles naming all of them, of which the lab writes none.
 */
export function newsReply(call: Call): Reply {
  const { look, request } = call;
  const [ticker = '', ...others] = commaList(request.query.get('tickers'));
  const id = look.subject(idOf(look, ticker));
  if (id === null)
    return { status: 200, body: { Information: 'Invalid inputs. Please refer to the API documentation.' } };
  const limit = countOf(request.query.get('limit'), 50, 1_000);
  return { status: 200, body: others.length > 0 ? feedOf(id, []) : pageOf(look, id, limit).body };
}

/** What is told of an instrument, and how long (Unix ms): until an article more comes, or one less is told of. */
type Page = { readonly body: JsonText; readonly fromMs: number; readonly untilMs: number };

const pages = new WeakMap<Outlook, Map<string, Page>>();

function pageOf(look: Look, id: string, limit: number): Page {
  const nowMs = look.dataAtMs(id);
  const known = pages.get(look.outlook) ?? new Map<string, Page>();
  pages.set(look.outlook, known);
  const key = `${limit} ${id}`;
  const page = known.get(key);
  if (page !== undefined && page.fromMs <= nowMs && nowMs < page.untilMs) return page;
  const slot = Math.floor(nowMs / SLOT_MS);
  const nextMs = writtenAtMs(look, id, slot);
  const untilMs = nextMs !== null && nextMs > nowMs ? nextMs : (slot + 1) * SLOT_MS;
  const made = { body: feedOf(id, articlesOf(look, id, limit)), fromMs: nowMs, untilMs };
  known.set(key, made);
  return made;
}

function feedOf(id: string, articles: readonly Article[]): JsonText {
  const named = id.includes('-') ? `CRYPTO:${id.split('-')[0]}` : id;
  const feed = articles.map(({ atMs, origin, score, relevance }) => ({
    title: `What ${named} did, and what people made of it`,
    url: `https://${origin}/${Math.floor(atMs / 1_000)}`,
    time_published: new Date(atMs).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', ''),
    source: origin,
    source_domain: origin,
    overall_sentiment_score: score,
    overall_sentiment_label: labelOf(score),
    ticker_sentiment: [
      {
        ticker: named,
        relevance_score: relevance.toFixed(6),
        ticker_sentiment_score: score.toFixed(6),
        ticker_sentiment_label: labelOf(score),
      },
    ],
  }));
  return new JsonText({ items: String(feed.length), feed });
}

/** `CRYPTO:BTC` is about the coin, in whatever currency the market lists it. */
function idOf(look: Look, ticker: string): string {
  if (!ticker.startsWith('CRYPTO:')) return ticker;
  const base = ticker.slice('CRYPTO:'.length);
  return look.listed.find((id) => id.startsWith(`${base}-`)) ?? `${base}-USD`;
}

function articlesOf(look: Look, id: string, limit: number): Article[] {
  const articles: Article[] = [];
  const nowMs = look.dataAtMs(id);
  const lastSlot = Math.floor(nowMs / SLOT_MS);
  for (let slot = lastSlot; slot > lastSlot - 144 && articles.length < limit; slot -= 1) {
    const atMs = writtenAtMs(look, id, slot);
    if (atMs === null || atMs > nowMs) continue;
    const luck = (part: number) => look.chanceAt(id, part, slot);
    const tone = 0.6 * toneAt(look, id, slot * SLOT_MS, TONE) + 0.8 * (luck(33) - 0.5);
    articles.push({
      atMs,
      origin: ORIGINS[Math.floor(luck(34) * ORIGINS.length)] as string,
      score: Math.round(Math.max(-1, Math.min(1, tone)) * 1e6) / 1e6,
      relevance: 0.2 + 0.8 * luck(35),
    });
  }
  return articles;
}

/** When the article of a half hour comes out (Unix ms); null where it has none. */
function writtenAtMs(look: Look, id: string, slot: number): number | null {
  if (look.chanceAt(id, 32, slot) > ARTICLES_PER_SLOT) return null;
  return slot * SLOT_MS + Math.floor(look.chanceAt(id, 31, slot) * SLOT_MS);
}

function labelOf(score: number): string {
  if (score <= -0.35) return 'Bearish';
  if (score <= -0.15) return 'Somewhat-Bearish';
  if (score < 0.15) return 'Neutral';
  return score < 0.35 ? 'Somewhat-Bullish' : 'Bullish';
}
