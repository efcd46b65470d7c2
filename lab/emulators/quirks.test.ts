import { describe, expect, test } from 'vitest';
import { ask, NOON_MS, testEmulator } from '../lab.testing.ts';

/** The traps that providers.md warns of: a client that does not know them must fail here as it would outside. */

const bearer = { authorization: 'Bearer key' };
const alpacaKey = { 'apca-api-key-id': 'key' };
const MINUTE_MS = 60_000;

describe('alpaca', () => {
  const emulator = testEmulator('alpaca');
  const get = (target: string) => ask(emulator, target, { headers: alpacaKey });

  test('one malformed symbol turns the whole list away, an unknown one is only absent', () => {
    const refused = get('/v2/stocks/snapshots?symbols=AAPL,ANG-PD');
    expect([refused.status, refused.at('message')]).toEqual([
      400,
      'code=400, message=invalid symbol: ANG-PD',
    ]);
    const got = get('/v2/stocks/snapshots?symbols=AAPL,ZZZZ');
    expect([got.status, got.at('AAPL') !== undefined, got.at('ZZZZ')]).toEqual([200, true, undefined]);
  });

  test('limit counts rows over all symbols, sorted by symbol; pages join up without loss', () => {
    const base =
      '/v2/stocks/bars?symbols=NVDA,AAPL&timeframe=1Min&feed=iex&start=2026-01-15T17:50:00Z&limit=7';
    const seen: string[] = [];
    let page: string | null = null;
    do {
      const got = get(page === null ? base : `${base}&page_token=${encodeURIComponent(page)}`);
      const bars = got.at('bars') as Record<string, { t: string }[]>;
      for (const [symbol, rows] of Object.entries(bars)) seen.push(...rows.map(({ t }) => `${symbol} ${t}`));
      page = got.at('next_page_token') as string | null;
    } while (page !== null);
    expect(seen).toHaveLength(20);
    expect(new Set(seen).size).toBe(20);
    expect(seen).toEqual([...seen].sort());
  });

  test('the free plan does not show the newest quarter of an hour of the consolidated tape', () => {
    const bars = '/v2/stocks/bars?symbols=AAPL&timeframe=1Min&start=2026-01-15T17:00:00Z';
    const refused = get(`${bars}&feed=sip&end=2026-01-15T17:58:00Z`);
    expect([refused.status, refused.at('code')]).toEqual([403, 42210000]);
    const rows = get(bars).at('bars', 'AAPL') as { t: string }[];
    expect(rows.at(-1)?.t).toBe('2026-01-15T17:44:00Z');
  });

  test('a minute bar of the newest trading stands there also at night', () => {
    const night = ask(emulator, '/v2/stocks/snapshots?symbols=AAPL', {
      headers: alpacaKey,
      atMs: Date.UTC(2026, 0, 18, 3),
    });
    expect(night.at('AAPL', 'minuteBar', 't')).toBe('2026-01-16T20:59:00Z');
    expect(night.at('AAPL', 'latestTrade', 't')).toBe('2026-01-16T20:59:55Z');
  });
});

describe('yahoo', () => {
  const emulator = testEmulator('yahoo');

  test('the last element of a chart is the candle still open', () => {
    const got = ask(emulator, '/v8/finance/chart/AAPL?interval=1m&range=1d');
    const times = got.at('chart', 'result', 0, 'timestamp') as number[];
    expect(times.at(-1)).toBe(Date.UTC(2026, 0, 15, 18) / 1_000);
    expect(times[0]).toBe(Date.UTC(2026, 0, 15, 14, 30) / 1_000);
  });

  test('a class B share is spelled with a dash, a limit is plain text', () => {
    const got = ask(emulator, '/v8/finance/chart/BRK-B?interval=1m&range=1d');
    expect(got.at('chart', 'result', 0, 'meta', 'symbol')).toBe('BRK-B');
    for (let more = 0; more < 1_998; more += 1) ask(emulator, '/v1/test/getcrumb');
    const { response } = ask(emulator, '/v1/test/getcrumb');
    expect([response.status, response.body]).toEqual([429, 'Edge: Too Many Requests']);
  });

  test('quotes need a crumb, minutes are kept for a week', () => {
    const fresh = testEmulator('yahoo');
    expect(ask(fresh, '/v7/finance/quote?symbols=AAPL').status).toBe(401);
    const old = Math.floor((NOON_MS - 20 * 86_400_000) / 1_000);
    expect(ask(fresh, `/v8/finance/chart/AAPL?interval=1m&period1=${old}&period2=${old + 60}`).status).toBe(
      422,
    );
  });
});

describe('binance', () => {
  const emulator = testEmulator('binance');

  test.each([
    ['/api/v3/ticker/price?symbols=["BTCUSDT","XXXUSDT"]', -1121],
    ['/api/v3/ticker/price?symbols=["BTCUSDT","BTCUSDT"]', -1151],
    ['/api/v3/ticker/price?symbols=BTCUSDT', -1100],
    ['/api/v3/klines?interval=1m', -1102],
    ['/api/v3/klines?symbol=BTCUSDT&interval=7m', -1120],
  ])('%s is a 400 with code %i', (target, code) => {
    const got = ask(emulator, target);
    expect([got.status, got.at('code')]).toEqual([400, code]);
  });

  test('the header counts what was used, by weight', () => {
    const fresh = testEmulator('binance');
    ask(fresh, '/api/v3/ticker/price?symbols=["BTCUSDT"]');
    const { response } = ask(fresh, '/api/v3/ticker/24hr?symbols=["BTCUSDT"]');
    expect(response.headers['x-mbx-used-weight-1m']).toBe('6');
  });

  test('the last row is the bar still open, unless the window ends before it', () => {
    const openMs = Math.floor(NOON_MS / MINUTE_MS) * MINUTE_MS;
    const rows = (extra: string) =>
      ask(emulator, `/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=3${extra}`).at() as number[][];
    expect(rows('').map(([at]) => at)).toEqual([openMs - 2 * MINUTE_MS, openMs - MINUTE_MS, openMs]);
    const closed = rows(`&startTime=${openMs - 2 * MINUTE_MS}&endTime=${openMs - MINUTE_MS}`);
    expect(closed.map(([at]) => at)).toEqual([openMs - 2 * MINUTE_MS, openMs - MINUTE_MS]);
  });
});

test('coinbase: candles are newest first, low before high; nobody is served without a name', () => {
  const emulator = testEmulator('coinbase');
  const rows = ask(emulator, '/products/BTC-USD/candles?granularity=60').at() as number[][];
  expect((rows[0]?.[0] as number) > (rows[1]?.[0] as number)).toBe(true);
  expect(rows.every(([, low, high]) => (low as number) <= (high as number))).toBe(true);
  expect(ask(emulator, '/products/BTC-USD/ticker', { headers: { 'user-agent': '' } }).status).toBe(400);
  expect(
    ask(emulator, '/products/BTC-USD/candles?granularity=60&start=2026-01-01&end=2026-01-15').status,
  ).toBe(400);
});

describe('models', () => {
  const input = [
    { role: 'user', content: JSON.stringify({ instruments: [{ symbol: 'AAPL' }, { symbol: 'ZZZZ' }] }) },
  ];
  const post = (id: string, target: string, body: unknown, headers: Record<string, string> = bearer) =>
    ask(testEmulator({ id, acceptedKeys: ['key'] }), target, { headers, body });

  test('xai: a bad key is a 400 that shows its ends, live search is gone, an unknown model a 404', () => {
    const bad = post('xai', '/v1/responses', {}, { authorization: 'Bearer xai-secret-7f' });
    expect([bad.status, bad.at('error')]).toEqual([
      400,
      expect.stringContaining('Incorrect API key provided: xa***7f'),
    ]);
    const messages = [{ role: 'user', content: 'x' }];
    expect(
      post('xai', '/v1/chat/completions', { model: 'grok-4.3', messages, search_parameters: {} }).status,
    ).toBe(410);
    expect(post('xai', '/v1/responses', { model: 'grok-1', input: 'x' }).status).toBe(404);
  });

  test('xai: chat keeps reasoning out of the completion’s tokens, Responses counts it in; both bill alike', () => {
    const emulator = testEmulator('xai');
    const messages = [{ role: 'system', content: 'be brief' }, ...input];
    const chat = ask(emulator, '/v1/chat/completions', {
      headers: bearer,
      body: { model: 'grok-4.3', messages },
    });
    const body = { model: 'grok-4.3', instructions: 'be brief', input };
    const responses = ask(emulator, '/v1/responses', { headers: bearer, body });
    const reasoning = Number(chat.at('usage', 'completion_tokens_details', 'reasoning_tokens'));
    expect(reasoning).toBeGreaterThan(0);
    expect(
      Number(responses.at('usage', 'output_tokens')) - Number(chat.at('usage', 'completion_tokens')),
    ).toBe(reasoning);
    const [prompt, completion] = ['prompt_tokens', 'completion_tokens'].map((name) =>
      Number(chat.at('usage', name)),
    );
    const costUsd = ((prompt as number) * 1.25 + ((completion as number) + reasoning) * 2.5) / 1e6;
    expect(Number(chat.at('usage', 'cost_in_usd_ticks')) / 1e10).toBeCloseTo(costUsd, 9);
    expect(emulator.count().billedUsd).toBeCloseTo(2 * costUsd, 9);
  });

  test('a model speaks of what it was asked about and of nothing it does not know', () => {
    const text = post('xai', '/v1/responses', { model: 'grok-4.3', input }).at(
      'output',
      1,
      'content',
      0,
      'text',
    );
    const { stances } = JSON.parse(String(text)) as { stances: { symbol: string }[] };
    expect(stances.map(({ symbol }) => symbol)).toEqual(['AAPL']);
  });

  test('a model’s view is of the past: the same question is answered alike whatever comes later', () => {
    const at = (atMs: number) =>
      ask(testEmulator('xai'), '/v1/responses', {
        headers: bearer,
        body: { model: 'grok-4.3', input },
        atMs,
      }).at('output');
    expect(at(NOON_MS)).toEqual(at(NOON_MS));
    expect(at(NOON_MS)).not.toEqual(at(NOON_MS + 3_600_000));
  });

  test('perplexity: chat completions are gone with a good key, bare model names refused, a search is billed', () => {
    expect(
      post('perplexity', '/chat/completions', { model: 'sonar', messages: [] }).at('error', 'type'),
    ).toBe('chat_completions_not_available');
    expect(post('perplexity', '/v1/agent', { model: 'sonar', input }).status).toBe(400);
    const body = { model: 'perplexity/sonar', input, tools: [{ type: 'web_search' }] };
    const got = post('perplexity', '/v1/agent', body);
    expect(got.at('usage', 'cost', 'tool_calls_cost')).toBe(0.0025);
    const second = ask(testEmulator('perplexity'), '/v1/agent', { headers: bearer, body });
    expect(second.status).toBe(200);
  });

  test('perplexity: tier 0 serves one a second and says when to come back', () => {
    const emulator = testEmulator('perplexity');
    const send = () =>
      ask(emulator, '/v1/agent', { headers: bearer, body: { model: 'perplexity/sonar', input } });
    expect([send().status, send().status]).toEqual([200, 429]);
    expect(send().response.headers['retry-after']).toBe('1');
  });
});

describe('massive', () => {
  const emulator = testEmulator('massive');
  const get = (target: string) => ask(emulator, target, { headers: bearer });

  test('stock trades are stamped in ns, crypto trades in ms', () => {
    const stock = get('/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL').at(
      'tickers',
      0,
      'lastTrade',
      't',
    );
    const coin = get('/v2/snapshot/locale/global/markets/crypto/tickers?tickers=X:BTCUSD').at('tickers', 0);
    expect(Number(stock) / 1e6).toBe(NOON_MS - 2_000);
    expect((coin as { lastTrade: { t: number } }).lastTrade.t).toBe(NOON_MS - 2_000);
    expect(coin).not.toHaveProperty('lastQuote');
  });

  test('the mixed snapshot carries the error of an unknown ticker inside a 200', () => {
    const got = get('/v3/snapshot?ticker.any_of=AAPL,ZZZZ,X:BTCUSD');
    expect([got.status, got.at('results', 0, 'ticker'), got.at('results', 1, 'error')]).toEqual([
      200,
      'AAPL',
      'NOT_FOUND',
    ]);
  });

  test('bars go on at next_url, which names another host and no key', () => {
    const from = NOON_MS - 10 * MINUTE_MS;
    const path = `/v2/aggs/ticker/AAPL/range/1/minute/${from}/${NOON_MS}`;
    const first = get(`${path}?limit=4`);
    const next = new URL(String(first.at('next_url')));
    expect(next.search).not.toContain('apiKey');
    const second = get(`${next.pathname}${next.search}`);
    const times = [first, second].flatMap((got) => (got.at('results') as { t: number }[]).map(({ t }) => t));
    expect(times).toEqual(times.map((_, at) => (times[0] as number) + at * MINUTE_MS));
  });

  test('the free plan has no snapshots and no today', () => {
    const free = testEmulator({ id: 'massive', plan: 'free' });
    expect(ask(free, '/v3/snapshot?ticker.any_of=AAPL', { headers: bearer }).status).toBe(403);
    const bars = ask(free, '/v2/aggs/ticker/AAPL/range/1/minute/2026-01-14/2026-01-15', { headers: bearer });
    const last = (bars.at('results') as { t: number }[]).at(-1);
    expect(last?.t).toBe(Date.UTC(2026, 0, 14, 20, 59));
  });
});

describe('alpha-vantage', () => {
  const get = (emulator: ReturnType<typeof testEmulator>, query: string, atMs = NOON_MS) =>
    ask(emulator, `/query?${query}&apikey=secret`, { atMs });

  test('the free plan says everything with a 200: burst, day (with the key in it), premium, bad key', () => {
    const free = testEmulator({ id: 'alpha-vantage', plan: 'free' });
    const quote = 'function=GLOBAL_QUOTE&symbol=AAPL';
    expect(get(free, quote).at('Global Quote', '07. latest trading day')).toBe('2026-01-14');
    expect(get(free, quote).at('Information')).toContain('spreading out');
    expect(
      get(free, 'function=REALTIME_BULK_QUOTES&symbol=AAPL', NOON_MS + 1_000).at('Information'),
    ).toContain('premium');
    for (let call = 2; call < 25; call += 1) get(free, quote, NOON_MS + call * 1_000);
    const spent = get(free, quote, NOON_MS + 60_000);
    expect([spent.status, spent.at('Information')]).toEqual([
      200,
      expect.stringContaining('API key as secret'),
    ]);
    const locked = testEmulator({ id: 'alpha-vantage', acceptedKeys: ['other'] });
    expect(get(locked, quote).at('Error Message')).toContain('apikey is invalid');
  });

  test('numbers are texts under numbered keys, stocks on New York’s clock, newest first', () => {
    const got = get(testEmulator('alpha-vantage'), 'function=TIME_SERIES_INTRADAY&symbol=AAPL&interval=1min');
    const times = Object.keys(got.at('Time Series (1min)') as object);
    expect(times.slice(0, 2)).toEqual(['2026-01-15 12:59:00', '2026-01-15 12:58:00']);
    expect(times).toHaveLength(100);
    expect(typeof got.at('Time Series (1min)', times[0] as string, '1. open')).toBe('string');
  });

  test('an unknown symbol is an empty quote', () => {
    expect(get(testEmulator('alpha-vantage'), 'function=GLOBAL_QUOTE&symbol=ZZZZ').at()).toEqual({
      'Global Quote': {},
    });
  });

  test('articles stay as they were written', () => {
    const feed = (atMs: number) =>
      get(testEmulator('alpha-vantage'), 'function=NEWS_SENTIMENT&tickers=CRYPTO:BTC', atMs).at('feed') as {
        url: string;
      }[];
    const [before, after] = [feed(NOON_MS), feed(NOON_MS + 2 * 3_600_000)];
    expect(after.filter(({ url }) => url === before[0]?.url)).toEqual([before[0]]);
  });
});

describe('kraken', () => {
  const get = (target: string, emulator = testEmulator('kraken')) => ask(emulator, target);

  test('replies stand under Kraken’s own names', () => {
    const keys = Object.keys(get('/0/public/Ticker?pair=XBTUSD,ETHUSD,XBTUSDT').at('result') as object);
    expect(keys).toEqual(['XXBTZUSD', 'XETHZUSD', 'XBTUSDT']);
  });

  test('one unknown pair fails the whole call, inside a 200; so does haste', () => {
    const unknown = get('/0/public/Ticker?pair=XBTUSD,NOPEUSD');
    expect([unknown.status, unknown.at('error')]).toEqual([200, ['EQuery:Unknown asset pair']]);
    const emulator = testEmulator('kraken');
    for (let call = 0; call < 30; call += 1) get('/0/public/Time', emulator);
    expect(get('/0/public/Time', emulator).at('error')).toEqual(['EGeneral:Too many requests']);
  });

  test('at most 720 candles, the last unfinished', () => {
    const rows = get('/0/public/OHLC?pair=XBTUSD&interval=1').at('result', 'XXBTZUSD') as number[][];
    expect(rows).toHaveLength(720);
    expect(rows.at(-1)?.[0]).toBe(Date.UTC(2026, 0, 15, 18) / 1_000);
  });
});

test('coingecko: data a minute old on the free plan, unknown coins absent, candles stamped with their end', () => {
  const emulator = testEmulator('coingecko');
  const target = '/api/v3/simple/price?ids=bitcoin,nope&vs_currencies=usd&include_last_updated_at=true';
  const got = ask(emulator, target);
  expect(Object.keys(got.at() as object)).toEqual(['bitcoin']);
  expect(Number(got.at('bitcoin', 'last_updated_at')) * 1_000).toBe(NOON_MS - 62_000);
  const rows = ask(emulator, '/api/v3/coins/bitcoin/ohlc?vs_currency=usd&days=1').at() as number[][];
  expect(rows.at(-1)?.[0]).toBe(Date.UTC(2026, 0, 15, 17, 30));
});

test('finnhub: zeros for an unknown symbol, premium candles, thirty a second and sixty a minute', () => {
  const emulator = testEmulator('finnhub');
  const get = (target: string, atMs = NOON_MS) =>
    ask(emulator, `/api/v1${target}`, { headers: { 'x-finnhub-token': 'k' }, atMs });
  expect(get('/quote?symbol=ZZZZ').at()).toMatchObject({ c: 0, d: null, t: 0 });
  expect(get('/stock/candle?symbol=AAPL&resolution=1&from=1&to=2').status).toBe(403);
  for (let call = 2; call < 30; call += 1) get('/quote?symbol=AAPL');
  expect(get('/quote?symbol=AAPL').status).toBe(429);
  for (let call = 30; call < 60; call += 1)
    expect(get('/quote?symbol=AAPL', NOON_MS + 2_000).status).toBe(200);
  expect(get('/quote?symbol=AAPL', NOON_MS + 4_000).status).toBe(429);
});

test('twelve-data: one symbol plain, several keyed, credits by symbol, "limit" in a 200', () => {
  const emulator = testEmulator('twelve-data');
  const get = (target: string) => ask(emulator, target, { headers: { authorization: 'apikey k' } });
  expect(get('/price?symbol=AAPL').at('price')).toMatch(/^\d+\.\d{5}$/);
  const many = get('/price?symbol=AAPL,BTC/USD,ZZZZ');
  expect([many.at('BTC/USD', 'price') !== undefined, many.at('ZZZZ', 'code')]).toEqual([true, 404]);
  expect(many.response.headers['api-credits-used']).toBe('4');
  const over = get('/price?symbol=AAPL,NVDA,BRK.B,BTC/USD,ETH/USD');
  expect([over.status, over.at('code'), over.at('status')]).toEqual([200, 429, 'error']);
});

test('fear-and-greed: one value a day, all text, the same until midnight', () => {
  const emulator = testEmulator('fear-and-greed');
  const value = (atMs: number) => ask(emulator, '/fng/?limit=1', { atMs }).at('data', 0, 'value');
  expect(value(NOON_MS)).toBe(value(NOON_MS + 3_600_000));
  const days = ask(emulator, '/fng/?limit=30').at('data') as { value: string; timestamp: string }[];
  expect(new Set(days.map((day) => day.value)).size).toBeGreaterThan(5);
  expect(days[0]?.timestamp).toBe(String(Date.UTC(2026, 0, 15) / 1_000));
});
