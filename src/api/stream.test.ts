import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import {
  CONFIG_VERSION,
  createFakeService,
  decisionOf,
  type FakeService,
  openedOf,
  slotAtMs,
} from '../../test/fake-service.ts';
import type { Ledger, LedgerEntry } from '../core/ledger.ts';
import { createMemoryLedger } from '../ledger/memory/ledger.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { type Api, createApi } from './api.ts';
import type { StreamEvents } from './contract.ts';
import type { StreamLimits } from './stream-hub.ts';

const BUY = { alpaca: 0.8, yahoo: 0.7, binance: 0.6, xai: 0.5 };

type Event = { id: number; event: keyof StreamEvents; data: { seq: number; hash: string; body: unknown } };

/** A client that reads everything and keeps the events in order. */
type Listener = { readonly events: Event[]; readonly status: number; text: () => string; close: () => void };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(
  service: FakeService,
  stream: Partial<StreamLimits> = {},
): Promise<{ api: Api; url: string }> {
  const server = { host: '127.0.0.1', port: 0 };
  const clock = createSystemClock();
  const api = await createApi({ ...service, server, webRoot: null, clock, stream });
  closers.push(() => api.close());
  return { api, url: (await api.listen()).url };
}

/** After an event by header (a number), by query (text), or from now on. */
type After = number | `?${string}` | undefined;

async function request(url: string, after?: After): Promise<[ClientRequest, IncomingMessage]> {
  const headers = typeof after === 'number' ? { 'last-event-id': String(after) } : {};
  const sent = get(`${url}/stream${typeof after === 'string' ? after : ''}`, { headers, agent: false });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  sent.on('error', () => undefined);
  closers.push(() => sent.destroy());
  return [sent, response];
}

async function listen(url: string, after?: After): Promise<Listener> {
  const [sent, response] = await request(url, after);
  const events: Event[] = [];
  let text = '';
  let rest = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
      if (fields.id === undefined) continue;
      events.push({
        id: Number(fields.id),
        event: fields.event,
        data: JSON.parse(String(fields.data)) as Event['data'],
      });
    }
  });
  return { events, status: response.statusCode ?? 0, text: () => text, close: () => sent.destroy() };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`in 5 s it did not come to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** One cycle with one new decision: two entries. */
const commitHold = (service: FakeService, cycle: number, because?: string) =>
  service.commit(cycle, [decisionOf({ instrumentId: 'BTC-USD', cycle, ...(because && { because }) })]);

const idsUpTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const idsOf = (listener: Listener): number[] => listener.events.map(({ id }) => id);

describe('the stream', () => {
  test('begins now for who names no event, and carries decisions, signals and cycles as recorded', async () => {
    const service = createFakeService();
    await commitHold(service, 1);
    const { url } = await serve(service);
    const listener = await listen(url);
    const buy = decisionOf({ instrumentId: 'AAPL', cycle: 2, votes: BUY });
    const entries = await service.commit(2, [buy], [openedOf(buy, 1)]);
    await until(() => listener.events.length === 3, 'three events');
    expect(listener.events.map(({ event }) => event)).toEqual(['decision', 'signal', 'cycle']);
    expect(listener.events.map(({ data }) => data)).toEqual(
      entries.map(({ seq, atMs, hash, body }) => ({ seq, atMs, hash, body })),
    );
  });

  test('goes on after the entry that the client has', async () => {
    const service = createFakeService();
    for (let cycle = 1; cycle <= 150; cycle += 1) await commitHold(service, cycle);
    const { url } = await serve(service, { pageEntries: 7 });
    const listener = await listen(url, 41);
    await until(() => listener.events.length === 259, '259 events');
    expect(idsOf(listener)).toEqual(idsUpTo(300, 42));
    const byQuery = await listen(url, '?lastEventId=297');
    await until(() => byQuery.events.length === 3, 'three events');
    expect(idsOf(byQuery)).toEqual([298, 299, 300]);
  });

  test('leaves configurations out', async () => {
    const service = createFakeService();
    await service.ledger.appendConfig({
      version: 'v1',
      atMs: 1,
      label: { kind: 'LIVE' },
      config: { canary: true },
    });
    await commitHold(service, 1);
    const { url } = await serve(service);
    const listener = await listen(url, 0);
    await until(() => listener.events.length === 2, 'two events');
    expect(idsOf(listener)).toEqual([2, 3]);
    expect(listener.text()).not.toContain('canary');
  });

  test('has neither gap nor double for clients that join while entries are appended', async () => {
    const service = createFakeService(
      withReads(createMemoryLedger(), (call) => new Promise((resolve) => setTimeout(resolve, call % 4))),
    );
    const { url } = await serve(service, { pageEntries: 5 });
    const listeners: Listener[] = [];
    for (let cycle = 1; cycle <= 120; cycle += 1) {
      await commitHold(service, cycle);
      if (cycle % 8 === 0) listeners.push(await listen(url, 2 * Math.floor(cycle / 3)));
    }
    await until(() => listeners.every(({ events }) => events.at(-1)?.id === 240), 'all at entry 240');
    for (const [index, listener] of listeners.entries()) {
      expect(idsOf(listener)).toEqual(idsUpTo(240, 2 * Math.floor(((index + 1) * 8) / 3) + 1));
    }
  });

  test('sends a live client what was recorded without being announced before what was', async () => {
    const service = createFakeService();
    await commitHold(service, 1);
    const { url } = await serve(service);
    const listener = await listen(url, 0);
    await until(() => listener.events.length === 2, 'two events');
    await service.ledger.append({
      cycle: 2,
      slotAtMs: slotAtMs(2),
      configVersion: CONFIG_VERSION,
      due: ['BTC-USD'],
      decisions: [],
      events: [],
      outcomes: [],
    });
    await commitHold(service, 3);
    await until(() => listener.events.length === 5, 'five events');
    expect(idsOf(listener)).toEqual(idsUpTo(5));
  });

  test('does not wait for the next commit with one that came while the last page was read', async () => {
    const service: FakeService = createFakeService(
      withReads(createMemoryLedger(), async (call) => {
        if (call === 1) await commitHold(service, 2);
      }),
    );
    await commitHold(service, 1);
    const { url } = await serve(service);
    const listener = await listen(url, 2);
    await until(() => listener.events.length === 2, 'two events');
    expect(idsOf(listener)).toEqual([3, 4]);
  });
});

describe('clients', () => {
  test('that read nothing are evicted, the others miss nothing', async () => {
    const service = createFakeService();
    const { api, url } = await serve(service, { beatMs: 250 });
    const reader = await listen(url);
    const [, silent] = await request(url);
    silent.pause();
    await until(() => api.streamStats().clients === 2, 'two clients');
    expect(api.streamSize()).toMatchObject({ component: 'streams', entries: 2 });
    const large = 'x'.repeat(50_000);
    for (let cycle = 1; cycle <= 80; cycle += 1) await commitHold(service, cycle, large);
    await until(() => (api.streamSize().bytes ?? 0) > large.length, 'events that wait for the silent one');
    await until(() => api.streamStats().evicted === 1, 'one eviction');
    await until(() => reader.events.length === 160, '160 events');
    expect(idsOf(reader)).toEqual(idsUpTo(160));
    expect(api.streamStats()).toEqual({ clients: 1, evicted: 1 });
  });

  test('that were evicted in their absence of mind get the rest when they come back', async () => {
    const service = createFakeService();
    const { url } = await serve(service);
    const first = await listen(url);
    await commitHold(service, 1);
    await until(() => first.events.length === 2, 'two events');
    first.close();
    await commitHold(service, 2);
    const second = await listen(url, first.events.at(-1)?.id);
    await until(() => second.events.length === 2, 'two more');
    expect([...idsOf(first), ...idsOf(second)]).toEqual([1, 2, 3, 4]);
  });

  test('above the cap are told to come later', async () => {
    const { api, url } = await serve(createFakeService(), { clientsMax: 2 });
    const first = await listen(url);
    await listen(url);
    const third = await fetch(`${url}/stream`);
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await third.json()).toMatchObject({ error: { code: 'tooManyStreams' } });
    first.close();
    await until(() => api.streamStats().clients === 1, 'a free place');
    expect((await listen(url)).status).toBe(200);
  });

  test('hear a heartbeat when nothing happens', async () => {
    const { url } = await serve(createFakeService(), { beatMs: 20 });
    const listener = await listen(url);
    await until(() => listener.text().split(': beat').length > 3, 'three beats');
    expect(listener.events).toEqual([]);
  });

  test('do not hold up the end of the server', async () => {
    const service = createFakeService();
    const { api, url } = await serve(service);
    await listen(url);
    const [, silent] = await request(url);
    silent.pause();
    for (let cycle = 1; cycle <= 30; cycle += 1) await commitHold(service, cycle, 'x'.repeat(100_000));
    const startedAtMs = Date.now();
    await api.close();
    expect(Date.now() - startedAtMs).toBeLessThan(2_000);
    expect(api.streamStats().clients).toBe(0);
  });
});

/** A ledger in which something may happen between the making of a page and its arrival. */
function withReads(ledger: Ledger, between: (call: number) => Promise<unknown>): Ledger {
  let calls = 0;
  return new Proxy(ledger, {
    get: (target, name) => {
      if (name !== 'entriesAfter') return (Reflect.get(target, name) as () => unknown).bind(target);
      return async (seq: number, limit: number): Promise<readonly LedgerEntry[]> => {
        const page = await target.entriesAfter(seq, limit);
        calls += 1;
        await between(calls);
        return page;
      };
    },
  });
}
