import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Api, createApi } from '../src/api/api.ts';
import type { Bar } from '../src/core/bar.ts';
import { failure } from '../src/core/failure.ts';
import { outcomeOf } from '../src/core/outcome.testing.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { launchChromium } from './chromium.ts';
import {
  CONFIG_VERSION,
  createFakeService,
  decisionOf,
  type FakeService,
  openedOf,
  slotAtMs,
  sourceOf,
} from './fake-service.ts';

/** The built page in a real browser, against the real API with a record in memory. */

const webRoot = mkdtempSync(join(tmpdir(), 'sextant-web-'));
const ATTACK = '<img src=x onerror="document.title=\'taken\'"> & <script>alert(1)</script>';

let browser: Browser;

beforeAll(async () => {
  await build({
    root: join(import.meta.dirname, '../web'),
    configFile: join(import.meta.dirname, '../web/vite.config.mjs'),
    logLevel: 'warn',
    build: { outDir: webRoot },
  });
  browser = await launchChromium();
}, 180_000);

afterAll(() => browser?.close());

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

type Opened = { readonly page: Page; readonly troubles: string[]; readonly api: Api; readonly url: string };

/** The page with everything that went wrong in it: errors, refused resources, dialogs, requests to others. */
async function open(
  service: FakeService,
  viewport = { width: 1280, height: 900 },
  hash = '',
): Promise<Opened> {
  const server = { host: '127.0.0.1', port: 0 };
  const api = await createApi({ ...service, server, webRoot, clock: createSystemClock() });
  closers.push(() => api.close());
  const { url } = await api.listen();
  const page = await browser.newPage({ viewport });
  closers.push(() => page.close());
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      troubles.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) troubles.push(`request to ${request.url()}`);
  });
  await page.goto(`${url}/${hash}`);
  return { page, troubles, api, url };
}

const rowOf = (page: Page, symbol: string) => page.locator(`[data-symbol="${symbol}"]`);
const chipOf = (page: Page, symbol: string) => rowOf(page, symbol).locator('.chip');

function barsUntil(lastAtMs: number): Bar[] {
  return Array.from({ length: 60 }, (_, index) => ({
    openAtMs: lastAtMs - (60 - index) * 60_000,
    intervalMs: 60_000,
    open: 184,
    high: 184.6,
    low: 183.5,
    close: 184.2,
    volume: 10,
  }));
}

async function busyService(): Promise<FakeService> {
  const service = createFakeService();
  const votes = { alpaca: 0.9, yahoo: 0.9, xai: 0.9 } as const;
  const timeout = { reason: 'timeout', detail: 'no answer before the end of the vote' };
  const buy = decisionOf({ instrumentId: 'AAPL', cycle: 1, votes, because: ATTACK });
  const hold = decisionOf({ instrumentId: 'NVDA', cycle: 1 });
  const quorumless = decisionOf({
    instrumentId: 'MSFT',
    cycle: 1,
    votes: { alpaca: 0.5, yahoo: 0.2, binance: timeout, xai: timeout },
  });
  const gated = decisionOf({
    instrumentId: 'ETH-USD',
    cycle: 1,
    gate: { reason: 'noPrice', detail: 'alpaca: connection refused' },
  });
  await service.commit(1, [buy, hold, quorumless, gated], [openedOf(buy, 0.5)]);
  service.setBars('AAPL', barsUntil(slotAtMs(0)));
  const lastFailure = { ...failure('limit', ATTACK), atMs: slotAtMs(0) };
  service.setSources([
    sourceOf('alpaca'),
    sourceOf('xai', { state: 'limited', failedByKind: { limit: 5 }, lastFailure, latencyP50Ms: null }),
  ]);
  return service;
}

const CYCLES_A_DAY = 86_400_000 / (slotAtMs(1) - slotAtMs(0));

/** A signal of each symbol in turn, judged in the cycle after, some days apart: three reach their target, then one its stop, and so on. */
async function judgedService(count: number, outcomesMin: number, daysApart = 1): Promise<FakeService> {
  const service = createFakeService();
  const label = { kind: 'SIMULATED', seed: 'test' } as const;
  const config = { outcomes: { outcomesMin } };
  await service.ledger.appendConfig({ version: CONFIG_VERSION, atMs: slotAtMs(0), label, config });
  for (let index = 0; index < count; index += 1) {
    const cycle = 1 + index * (2 + daysApart * CYCLES_A_DAY);
    const instrumentId = index % 2 === 0 ? 'AAPL' : 'TSLA';
    const votes = { alpaca: 0.9, yahoo: 0.9, binance: 0.9, xai: 0.9 };
    const decision = decisionOf({ instrumentId, cycle, votes });
    const { signal } = openedOf(decision, 0.5);
    await service.commit(cycle, [decision], [openedOf(decision, 0.5)]);
    const judged = { cycle: cycle + 1, atMs: slotAtMs(cycle + 1) };
    await service.commit(judged.cycle, [], [], [outcomeOf(signal, judged, index % 4 !== 3)]);
  }
  return service;
}

describe('the track record', () => {
  const panel = (page: Page) => page.locator('.track-record');

  test('is drawn with its intervals, after costs, by side, and says on what prices', async () => {
    const { page, troubles } = await open(await judgedService(20, 20));
    await panel(page).locator('.rate').first().waitFor();
    const text = await panel(page).innerText();
    // Wilson for 75 % of 20 on 20 days, which are 17.5 by Student's t: 51.6 to 89.4 %.
    expect(text).toMatch(/All[\s\S]*20[\s\S]*20 days, worth 20[\s\S]*75 % \(52 % to 89 %\)/);
    expect(text).toContain('SIMULATED prices');
    expect(text).toContain('−0.06 % a signal');
    const whisker = await panel(page).locator('.rate-whisker').first().getAttribute('d');
    expect(whisker).toMatch(/^M51\.\d+ 10H89\.\d+/);
    expect(Number(await panel(page).locator('.rate-fill').first().getAttribute('width'))).toBe(75);
    expect(await page.locator('.signals tbody tr').first().innerText()).toMatch(/stopped out −0\.60 %/);
    expect(troubles).toEqual([]);
  });

  test('of a single day has numbers and no interval, and says so', async () => {
    const { page, troubles } = await open(await judgedService(20, 20, 0));
    await panel(page).locator('.rate').first().waitFor();
    expect(await panel(page).innerText()).toMatch(
      /20[\s\S]*1 day[\s\S]*75 % \(no interval over 1 day, of 10\)/,
    );
    expect(await panel(page).locator('.rate-whisker').count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('of too few outcomes is a sentence without a number of it, also on a phone', async () => {
    const { page, troubles } = await open(await judgedService(4, 30), { width: 390, height: 844 });
    await panel(page).getByText('Not enough outcomes (4 of 30).').waitFor();
    expect(await panel(page).innerText()).not.toContain('%');
    expect(await panel(page).locator('svg').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('grows with the record', async () => {
    const service = await judgedService(20, 21, 0);
    const { page, api } = await open(service);
    await panel(page).getByText('Not enough outcomes (20 of 21).').waitFor();
    await expect.poll(() => api.streamStats().clients).toBe(1);
    const votes = { alpaca: -0.9, yahoo: -0.9, binance: -0.9, xai: -0.9 };
    const sell = decisionOf({ instrumentId: 'NVDA', cycle: 60, votes });
    await service.commit(60, [sell], [openedOf(sell, 0.5)]);
    await service.commit(
      61,
      [],
      [],
      [outcomeOf(openedOf(sell, 0.5).signal, { cycle: 61, atMs: slotAtMs(61) }, true)],
    );
    await panel(page).getByText('Not enough outcomes (1 of 21).').waitFor();
    expect(await panel(page).innerText()).toMatch(/All[\s\S]*21[\s\S]*76 %/);
    expect(await page.locator('.signals tbody tr').first().innerText()).toMatch(/target reached \+0\.75 %/);
  });
});

describe('the page', () => {
  test('shows decisions, the make-up of the vote, health and signals, and says when prices are not real', async () => {
    const { page, troubles } = await open(await busyService());
    await chipOf(page, 'AAPL').getByText('BUY').waitFor();
    expect(await page.getByRole('note').innerText()).toContain('SIMULATED');
    expect(await rowOf(page, 'NVDA').innerText()).toContain('HOLD');
    expect(await rowOf(page, 'MSFT').innerText()).toContain('Too little weight answered');
    expect(await rowOf(page, 'ETH-USD').innerText()).toMatch(
      /ABSTAIN[\s\S]*–[\s\S]*no price[\s\S]*No source gives a price/,
    );
    const vote = await page.locator('.detail .cards').innerText();
    expect(vote).toMatch(/alpaca[\s\S]*25 %[\s\S]*\+0\.90/);
    expect(vote).toContain('not asked: cannot change the outcome');
    expect(await page.locator('.certificate').innerText()).toContain(
      'Whatever they would say, the score lies from +0.52',
    );
    expect(await page.locator('.chart canvas').count()).toBeGreaterThan(0);
    expect(await page.locator('#tv-attr-logo').isVisible()).toBe(true);
    expect(await page.locator('.sources').innerText()).toMatch(
      /xai[\s\S]*limited[\s\S]*5 × too many requests/,
    );
    expect(await page.locator('.signals').innerText()).toMatch(
      /AAPL[\s\S]*184\.37[\s\S]*185\.87[\s\S]*183\.37[\s\S]*open/,
    );
    expect(troubles).toEqual([]);
  });

  test('shows a provider’s text as text', async () => {
    const { page, troubles } = await open(await busyService());
    await rowOf(page, 'AAPL').waitFor();
    expect(await page.getByText(ATTACK).count()).toBeGreaterThanOrEqual(4);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Sextant');
    expect(troubles).toEqual([]);
  });

  test('follows the record as it grows', async () => {
    const service = await busyService();
    const { page, troubles, api } = await open(service);
    await chipOf(page, 'NVDA').getByText('HOLD').waitFor();
    await page.getByText('Ready').waitFor();
    await expect.poll(() => api.streamStats().clients).toBe(1);
    const votes = { alpaca: -0.8, yahoo: -0.7, binance: -0.6, xai: -0.5 };
    const sell = decisionOf({ instrumentId: 'NVDA', cycle: 2, votes, price: 912.4 });
    await service.commit(2, [sell], [openedOf(sell, 2)]);
    await chipOf(page, 'NVDA').getByText('SELL').waitFor({ timeout: 900 });
    expect(await rowOf(page, 'NVDA').innerText()).toContain('912.40');
    await page.locator('.signals').getByText('NVDA').waitFor();
    await page.locator('.figures').getByText('2', { exact: true }).waitFor();
    expect(troubles).toEqual([]);
  });

  test('says since when it is cut off, and takes up again by itself', async () => {
    const service = await busyService();
    const first = await open(service);
    await rowOf(first.page, 'AAPL').waitFor();
    await first.page.getByText('Ready').waitFor();
    await first.api.close();
    await first.page.getByText(/Disconnected since \d\d:\d\d:\d\d/).waitFor();
    const port = Number(new URL(first.url).port);
    await service.commit(2, [decisionOf({ instrumentId: 'TSLA', cycle: 2 })]);
    const again = await createApi({
      ...service,
      server: { host: '127.0.0.1', port },
      webRoot,
      clock: createSystemClock(),
    });
    closers.push(() => again.close());
    await again.listen();
    await first.page.getByText('Ready').waitFor();
    await rowOf(first.page, 'TSLA').waitFor();
  });

  test('starts anew with a service whose record is another', async () => {
    const first = await open(await busyService());
    await first.page.getByText('Ready').waitFor();
    await first.api.close();
    const other = createFakeService();
    other.setState({ startedAtMs: slotAtMs(9) });
    await other.commit(1, [decisionOf({ instrumentId: 'TSLA', cycle: 1 })]);
    const port = Number(new URL(first.url).port);
    const again = await createApi({
      ...other,
      server: { host: '127.0.0.1', port },
      webRoot,
      clock: createSystemClock(),
    });
    closers.push(() => again.close());
    await again.listen();
    await rowOf(first.page, 'TSLA').waitFor();
    expect(await rowOf(first.page, 'AAPL').count()).toBe(0);
  });

  test('says what is missing instead of making it up', async () => {
    const service = createFakeService();
    service.setState({ label: { kind: 'LIVE' }, ready: false, troubles: ['no cycle is done yet'] });
    const { page, troubles } = await open(service);
    await page.getByText('No decision yet.').waitFor();
    await page.getByText('No signal yet.').waitFor();
    expect(await page.getByText(/Not ready/).count()).toBe(1);
    expect(await page.locator('.banner').count()).toBe(0);
    expect(await page.locator('.figures').innerText()).toMatch(/Cycle\s+–\s+Cycle age\s+–\s+Cycle took\s+–/);
    expect(troubles).toEqual([]);
  });

  test.each([390, 768, 1280])('fits a width of %i without scrolling sideways', async (width) => {
    const { page } = await open(await busyService(), { width, height: 844 }, '#AAPL');
    await rowOf(page, 'AAPL').waitFor();
    await page.locator('.chart canvas').first().waitFor();
    const overhang = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overhang).toBeLessThanOrEqual(0);
  });

  test('is usable by keyboard: a symbol is chosen with Tab and Enter', async () => {
    const { page } = await open(await busyService());
    await rowOf(page, 'NVDA').waitFor();
    await page.getByRole('link', { name: 'NVDA' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'NVDA' }).waitFor();
  });
});
