import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { demoLab, generatedMarket } from '../src/cli/demo-lab.ts';
import { startDemoService } from '../src/cli/demo-service.ts';
import { testSource } from '../src/cli/source-test.ts';
import { explain, issueLines, loadConfigText } from '../src/main.ts';
import { SextantChild } from './accept/sextant-child.ts';
import { freePort } from './free-port.ts';

/** Goal: whoever follows README.md to the letter has a private source that votes; whoever errs is told what to mend. */

const folder = mkdtempSync(join(tmpdir(), 'sextant-own-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The server and the configuration as README.md has them; only the port is another, so that a taken one harms nothing. */
function fromReadme(port: number): { readonly server: string; readonly yaml: string } {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, section = ''] = /^## Your own source\n([\s\S]*?)^## /m.exec(readme) ?? [];
  const block = (language: string): string =>
    (new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? '').replaceAll(
      '8700',
      `${port}`,
    );
  return { server: block('js'), yaml: block('yaml') };
}

const CYCLE_MS = 5_000;
const CYCLES_MAX = 60;

describe('the private source of README.md', () => {
  const started = async () => {
    const { server, yaml } = fromReadme(await freePort());
    writeFileSync(join(folder, 'my-desk.mjs'), server);
    writeFileSync(join(folder, 'sextant.yaml'), yaml);
    const desk = spawn(process.execPath, ['my-desk.mjs'], { cwd: folder });
    await once(desk.stdout, 'data');
    return { desk, yaml };
  };
  let desk: Awaited<ReturnType<typeof started>>['desk'];
  let yaml: string;
  beforeAll(async () => {
    ({ desk, yaml } = await started());
  });
  afterAll(() => desk.kill());

  test('is understood by "sextant sources test"', async () => {
    const { code, stdout } = await new SextantChild(['sources', 'test', 'my-desk'], folder).finished();
    expect(stdout).toMatch(/GET http:\/\/127\.0\.0\.1:\d+\/score\?symbol=BTC-USD\n/);
    expect(stdout).toMatch(/HTTP 200\n[\s\S]*\{"symbol":"BTC-USD","score":0\.6,/);
    expect(stdout).toMatch(
      /understood {2}score 0\.6 of -1 to 1, of .* UTC \(\d+ s old\)\n {2}as a vote: \+0\.60,/,
    );
    expect(code).toBe(0);
  });

  test('votes within five minutes', async () => {
    const loaded = loadConfigText(yaml);
    if (loaded.kind === 'invalid') throw new Error(issueLines(loaded.issues).join('\n'));
    const ledger = { path: join(folder, 'own.db') };
    const config = { ...loaded.config, ledger, server: { ...loaded.config.server, port: 0 } };
    expect(config.cycleMs).toBe(CYCLE_MS);
    // The toy server lives in real time, so the market has to as well.
    const startAtMs = Date.now();
    const ids = config.symbols.map(({ id }) => id);
    const { market } = generatedMarket('own', ids, startAtMs);
    const providers = ['coinbase', 'kraken'];
    const lab = demoLab({ market, seed: 'own', providers, faults: new Map(), instant: true });
    const demo = await startDemoService({
      config,
      configVersion: loaded.version,
      lab,
      startAtMs,
      leaps: true,
    });
    try {
      const { service, clock } = demo;
      const votes = (): (number | undefined)[] =>
        service.live
          .decisions()
          .map((decision) => decision.votes.find(({ sourceId }) => sourceId === 'my-desk')?.score);
      const hasVoted = (): boolean => votes().length === ids.length && !votes().includes(undefined);
      let cycles = 0;
      while (cycles < CYCLES_MAX && !hasVoted()) {
        cycles += 1;
        const slotAtMs = (Math.floor(startAtMs / CYCLE_MS) + cycles) * CYCLE_MS;
        clock.jumpTo(slotAtMs);
        await service.runCycle(slotAtMs);
      }
      console.log(`the private source votes in cycle ${cycles}`);
      expect(votes()).toEqual([0.6, -0.2]);
      const [decision] = service.live.decisions();
      expect(decision && explain(decision).join('\n')).toMatch(/my-desk.*its own score \+0\.60/);
    } finally {
      await demo.close();
    }
  });
});

describe('a broken source', () => {
  let answer: { readonly type: string; readonly body: string };
  const server = createServer((request, response) => {
    response.setHeader('content-type', answer.type);
    response.setHeader('set-cookie', 'session=s3ss10n');
    response.end(answer.body.replace('ECHO', request.headers.authorization ?? ''));
  });
  let port = 0;
  beforeAll(async () => {
    port = await listening(server);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  afterEach(() => {
    process.exitCode = undefined;
  });

  async function tried(
    what: string,
    answerBlock = '{ symbol: /symbol, time: /at, price: /last }',
  ): Promise<string> {
    const config = join(folder, 'broken.yaml');
    writeFileSync(join(folder, 'token'), 'hunter2hunter2');
    writeFileSync(
      config,
      `symbols: [BTC-USD]
sources:
  coinbase: {}
  kraken: {}
  broken:
    kind: http-json
    keys: { token: "\${file:${join(folder, 'token')}}" }
    http:
      url: http://127.0.0.1:${port}/?symbol={symbol}
      headers: { authorization: "Bearer {key:token}" }
      symbols: "{id}"
      answer: ${answerBlock}
`,
    );
    answer = { type: what.startsWith('<') ? 'text/html' : 'application/json', body: what };
    const lines: string[] = [];
    const say = (text: string): void => void lines.push(text);
    const output = { isTerminal: false, columns: 80, line: say, note: say, json: () => {} };
    await testSource('broken', { config }, output);
    return lines.join('\n');
  }

  const at = '2026-01-15T15:00:00Z';
  const good = { symbol: 'BTC-USD', at, last: 100 };

  test.each<[string, string, string, string | undefined]>([
    [
      'another symbol',
      JSON.stringify({ ...good, symbol: 'BTCUSD' }),
      'mismatch: answers about another symbol than BTC-USD',
      undefined,
    ],
    [
      'no symbol',
      JSON.stringify({ ...good, symbol: undefined }),
      'noData: no record names its symbol: the first has nothing at /symbol',
      undefined,
    ],
    [
      'a wrong price pointer',
      JSON.stringify(good),
      'badPayload: no price of BTC-USD: nothing at /price',
      '{ symbol: /symbol, time: /at, price: /price }',
    ],
    [
      'a wrong records pointer',
      JSON.stringify({ data: [good] }),
      'noData: no record in the answer: nothing at /items/*',
      '{ records: /items/*, symbol: /symbol, time: /at, price: /last }',
    ],
    [
      'a price with a comma',
      JSON.stringify({ ...good, last: '86,421.53' }),
      'badPayload: no price of BTC-USD: "86,421.53" at /last',
      undefined,
    ],
    [
      'another unit of time',
      JSON.stringify(good),
      `badPayload: no time of BTC-USD in ms: "${at}" at /at`,
      '{ symbol: /symbol, time: { pointer: /at, unit: ms }, price: /last }',
    ],
    [
      'a page for people',
      '<html><title>Log in</title></html>',
      'blocked: HTTP 200: an HTML page, Log in',
      undefined,
    ],
    [
      'no JSON',
      'last=100',
      'badPayload: the body of 8 characters is not JSON (HTTP 200: last=100)',
      undefined,
    ],
  ])('%s ends in a named failure with a remedy', async (_name, body, failure, declared) => {
    const text = await tried(body, declared);
    expect(text).toContain(`not understood  ${failure}\n  → `);
    expect(text).not.toContain('see the provider');
    expect(process.exitCode).toBe(1);
  });

  test('what is understood but would not count is told', async () => {
    const text = await tried(
      JSON.stringify({ ...good, score: 1 }),
      '{ symbol: /symbol, time: /at, score: /score }',
    );
    expect(text).toMatch(
      /understood {2}score 1 of -1 to 1[\s\S]*but {2}it is too old to vote: .*sources\.broken\.ttlMs \(300000\)/,
    );
    expect(await tried(JSON.stringify(good))).toMatch(
      /at 100\.00 USD[\s\S]*but {2}it is too old to count as a price now/,
    );
    expect(process.exitCode).toBeUndefined();
  });

  test('no secret is shown: not the sent one, not an echoed one, no cookie', async () => {
    const text = await tried(JSON.stringify({ ...good, last: 'ECHO' }));
    expect(text).toContain('authorization: Bearer ***');
    expect(text).toContain('no price of BTC-USD: "Bearer ***" at /last');
    expect(text).not.toMatch(/hunter2|s3ss10n/);
  });
});
