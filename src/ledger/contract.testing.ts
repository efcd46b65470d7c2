import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../core/canonical-json.ts';
import {
  type ConfigBody,
  type CycleRecord,
  type Ledger,
  type LedgerEntry,
  LedgerError,
} from '../core/ledger.ts';
import { describeOutcomes } from './contract-outcomes.testing.ts';
import { describeQueries } from './contract-queries.testing.ts';
import {
  CONFIG_VERSION,
  ended,
  opened,
  sampleDecision,
  sampleRecord,
  sampleRecords,
  sampleSignal,
  signalIdOf,
  slotAtMs,
} from './sample.testing.ts';

const CONFIG: ConfigBody = {
  version: CONFIG_VERSION,
  atMs: slotAtMs(0),
  label: { kind: 'LIVE' },
  config: { cycleMs: 5_000 },
};
const noChecks = { checkDecision: () => null };

/** What every implementation of the Ledger port does. `reopen` is null where nothing outlives the object. */
export function describeLedger(
  name: string,
  open: () => Promise<{ ledger: Ledger; reopen: (() => Promise<Ledger>) | null; dispose: () => void }>,
): void {
  describe(`${name} ledger`, () => {
    let opening: Awaited<ReturnType<typeof open>>;
    let ledger: Ledger;
    beforeEach(async () => {
      opening = await open();
      ledger = opening.ledger;
    });
    afterEach(async () => {
      await ledger.close();
      opening.dispose();
    });

    async function fill(): Promise<LedgerEntry[]> {
      const entries = [...(await ledger.appendConfig(CONFIG))];
      for (const record of sampleRecords()) entries.push(...(await ledger.append(record)));
      return entries;
    }

    describe('append', () => {
      test('an empty record has no head and nothing standing', async () => {
        expect(await ledger.head()).toBeNull();
        expect(await ledger.standing()).toBeNull();
        expect(await ledger.entriesAfter(0, 10)).toEqual([]);
        expect(await ledger.decisions({ limit: 10 })).toEqual([]);
        expect(await ledger.signals({ limit: 10 })).toEqual([]);
        expect(await ledger.signal('AAPL-20260115T143005Z-BUY')).toBeNull();
        expect(await ledger.decisionAt('AAPL', slotAtMs(9))).toBeNull();
        expect(await ledger.verify(noChecks)).toMatchObject({ entries: 0, head: null, fault: null });
      });

      test('a cycle is written as its decisions by instrument, its signal events, and its cycle row', async () => {
        const entries = await fill();
        expect(entries.map(({ seq, type, instrumentId }) => [seq, type, instrumentId])).toEqual([
          [1, 'config', null],
          [2, 'decision', 'AAPL'],
          [3, 'decision', 'BTC-USD'],
          [4, 'decision', 'TSLA'],
          [5, 'cycle', null],
          [6, 'decision', 'AAPL'],
          [7, 'signal', 'AAPL'],
          [8, 'cycle', null],
          [9, 'cycle', null],
          [10, 'decision', 'AAPL'],
          [11, 'signal', 'AAPL'],
          [12, 'signal', 'AAPL'],
          [13, 'cycle', null],
          [14, 'decision', 'BTC-USD'],
          [15, 'signal', 'BTC-USD'],
          [16, 'cycle', null],
          [17, 'decision', 'TSLA'],
          [18, 'cycle', null],
        ]);
      });

      test('each entry holds the hash of the one before, made as documented', async () => {
        let prevHash = '0'.repeat(64);
        for (const entry of await fill()) {
          expect(entry.prevHash).toBe(prevHash);
          const { seq, type, cycle, atMs, instrumentId, body } = entry;
          const place = JSON.stringify([prevHash, seq, type, cycle, atMs, instrumentId]);
          prevHash = createHash('sha256')
            .update(`${place}\n${canonicalJson(body)}`)
            .digest('hex');
          expect(entry.hash).toBe(prevHash);
        }
        expect(await ledger.head()).toEqual({ seq: 18, hash: prevHash });
      });

      test('a cycle row counts what stands, new or not, and digests where it stands', async () => {
        const cycles = (await fill()).filter((entry) => entry.type === 'cycle');
        const digest = (text: string) => createHash('sha256').update(text).digest('hex');
        expect(cycles[2]?.body).toEqual({
          cycle: 3,
          slotAtMs: slotAtMs(3),
          configVersion: CONFIG_VERSION,
          due: 3,
          made: 3,
          dueIds: null,
          kinds: { BUY: 1, SELL: 0, HOLD: 1, ABSTAIN: 1 },
          outcomesDigest: digest('AAPL:6\nBTC-USD:3\nTSLA:4\n'),
        });
        expect(cycles[5]?.body).toMatchObject({
          due: 2,
          made: 2,
          dueIds: ['AAPL', 'TSLA'],
          kinds: { BUY: 0, SELL: 1, HOLD: 1, ABSTAIN: 0 },
          outcomesDigest: digest('AAPL:10\nTSLA:17\n'),
        });
      });

      test('the due instruments are listed only where they change', async () => {
        const cycles = (await fill()).filter((entry) => entry.type === 'cycle');
        expect(cycles.map(({ body }) => body.dueIds?.join(' ') ?? null)).toEqual([
          'AAPL BTC-USD TSLA',
          null,
          null,
          null,
          null,
          'AAPL TSLA',
        ]);
      });

      const due = ['AAPL', 'TSLA'];
      const good = sampleRecord(2, due, { AAPL: 'BUY' }, [opened('AAPL', 'BUY', 2)]);
      const refusals: { record: CycleRecord; because: RegExp }[] = [
        { record: sampleRecord(1, due, {}), because: /cycle 1 does not come after cycle 1/ },
        { record: { ...sampleRecord(2, due, {}), slotAtMs: slotAtMs(1) }, because: /does not come after/ },
        { record: sampleRecord(2, ['AAPL', 'MSFT'], {}), because: /MSFT is due, but no decision stands/ },
        { record: sampleRecord(2, ['TSLA', 'AAPL'], {}), because: /not sorted: AAPL after TSLA/ },
        { record: sampleRecord(2, ['AAPL', 'AAPL'], {}), because: /not sorted/ },
        {
          record: sampleRecord(2, ['AAPL'], { TSLA: 'HOLD' }),
          because: /TSLA has a decision, but is not due/,
        },
        {
          record: {
            ...good,
            decisions: [sampleDecision('AAPL', 'BUY', 2), sampleDecision('AAPL', 'HOLD', 2)],
          },
          because: /AAPL has two decisions/,
        },
        {
          record: { ...good, decisions: [sampleDecision('AAPL', 'BUY', 3)] },
          because: /do not repeat its body/,
        },
        { record: { ...good, events: [opened('AAPL', 'BUY', 3)] }, because: /do not repeat its body/ },
        {
          record: { ...good, events: [...good.events, ...good.events] },
          because: /AAPL-\w+-BUY was opened before/,
        },
        {
          record: { ...good, events: [ended('AAPL', 'BUY', 1, 2)] },
          because: /AAPL-\w+-BUY ends, but is not open/,
        },
        {
          record: {
            ...good,
            events: [opened('AAPL', 'BUY', 2), { ...ended('AAPL', 'BUY', 2, 2), side: 'SELL' }],
          },
          because: /ends as SELL of AAPL, but was opened as BUY of AAPL/,
        },
      ];
      test.each(refusals)('a record is refused whole: $because', async ({ record, because }) => {
        await ledger.append(sampleRecord(1, due, { AAPL: 'HOLD', TSLA: 'HOLD' }));
        const before = await ledger.head();
        const appending = ledger.append(record);
        await expect(appending).rejects.toThrow(because);
        await expect(appending).rejects.toBeInstanceOf(LedgerError);
        expect(await ledger.head()).toEqual(before);

        await ledger.append(good);
        expect(await ledger.verify(noChecks)).toMatchObject({ entries: 6, fault: null });
      });

      test('a signal that has ended is never opened again', async () => {
        await fill();
        const signal = { ...sampleSignal('AAPL', 'BUY', 9), id: signalIdOf('AAPL', 'BUY', 2) };
        const record = sampleRecord(9, ['AAPL'], {}, [{ event: 'opened', signal }]);
        await expect(ledger.append(record)).rejects.toThrow(/was opened before/);
      });

      test('a number that JSON cannot hold is refused and leaves no trace', async () => {
        const decision = { ...sampleDecision('AAPL', 'HOLD', 1), score: Number.NaN };
        const record = { ...sampleRecord(1, ['AAPL'], {}), decisions: [decision] };
        await expect(ledger.append(record)).rejects.toThrow(/NaN cannot be stored/);
        expect(await ledger.head()).toBeNull();
      });

      test('a closed ledger takes nothing', async () => {
        await ledger.close();
        await expect(ledger.append(sampleRecords()[0] as CycleRecord)).rejects.toThrow(/closed/);
      });
    });

    describe('appendConfig', () => {
      test('the newest version is stored once, an older one again', async () => {
        const versions = ['a', 'a', 'b', 'b', 'a'];
        const stored = [];
        for (const version of versions) stored.push(...(await ledger.appendConfig({ ...CONFIG, version })));
        expect(stored.map(({ seq, body }) => [seq, (body as { version: string }).version])).toEqual([
          [1, 'a'],
          [2, 'b'],
          [3, 'a'],
        ]);
        expect(await ledger.verify(noChecks)).toMatchObject({ entries: 3, fault: null });
      });

      test('the same version on another kind of prices is stored again', async () => {
        await ledger.appendConfig({ ...CONFIG, label: { kind: 'SIMULATED', seed: 's' } });
        await ledger.appendConfig({ ...CONFIG, label: { kind: 'SIMULATED', seed: 's' } });
        const [entry] = await ledger.appendConfig({ ...CONFIG, label: { kind: 'LIVE' } });
        expect(entry).toMatchObject({ seq: 2, body: { label: { kind: 'LIVE' } } });
      });

      test('versions are listed newest first, with the file they came from', async () => {
        for (const version of ['a', 'b', 'c'])
          await ledger.appendConfig({ ...CONFIG, version, how: 'reload', text: `# ${version}` });
        expect(
          (await ledger.configs(2)).map(({ seq, body: { version, text } }) => [seq, version, text]),
        ).toEqual([
          [3, 'c', '# c'],
          [2, 'b', '# b'],
        ]);
      });

      test('it names the newest cycle', async () => {
        await fill();
        const [entry] = await ledger.appendConfig({ ...CONFIG, version: 'later' });
        expect(entry).toMatchObject({ seq: 19, type: 'config', cycle: 7, instrumentId: null });
      });
    });

    describe('standing', () => {
      test('each instrument’s newest decision, the newest cycle and the open signals', async () => {
        await fill();
        const standing = await ledger.standing();
        expect(standing?.cycle).toBe(7);
        expect(standing?.slotAtMs).toBe(slotAtMs(7));
        expect([...(standing?.decisions ?? [])].map(([id, { cycle, kind }]) => [id, cycle, kind])).toEqual(
          expect.arrayContaining([
            ['AAPL', 4, 'SELL'],
            ['BTC-USD', 6, 'BUY'],
            ['TSLA', 7, 'HOLD'],
          ]),
        );
        expect(standing?.decisions.size).toBe(3);
        expect(standing?.openSignals.map(({ id }) => id)).toEqual([
          signalIdOf('AAPL', 'SELL', 4),
          signalIdOf('BTC-USD', 'BUY', 6),
        ]);
      });

      test('after reopening it is the same, and the record goes on', async () => {
        if (opening.reopen === null) return;
        await fill();
        const [standing, head] = [await ledger.standing(), await ledger.head()];
        ledger = await opening.reopen();
        expect(await ledger.standing()).toEqual(standing);
        expect(await ledger.head()).toEqual(head);
        expect(await ledger.appendConfig(CONFIG)).toEqual([]);

        await expect(ledger.append(sampleRecord(7, ['AAPL'], {}))).rejects.toThrow(/cycle 7/);
        const early = { ...sampleRecord(8, ['AAPL'], {}), slotAtMs: slotAtMs(7) };
        await expect(ledger.append(early)).rejects.toThrow(/the slot before/);
        const event = ended('AAPL', 'SELL', 4, 8, 'target');
        await ledger.append(sampleRecord(8, ['AAPL', 'TSLA'], { AAPL: 'HOLD' }, [event]));
        await ledger.append(sampleRecord(9, ['AAPL', 'TSLA'], {}));
        expect((await ledger.standing())?.openSignals).toHaveLength(1);
        expect(await ledger.verify(noChecks)).toMatchObject({ entries: 22, cycles: 8, fault: null });
      });
    });

    describeQueries(() => ledger, fill);

    describeOutcomes(
      () => ledger,
      fill,
      async () => {
        if (opening.reopen !== null) ledger = await opening.reopen();
        return opening.reopen === null ? null : ledger;
      },
    );

    describe('verify', () => {
      test('an untouched record is counted and found well', async () => {
        await fill();
        expect(await ledger.verify(noChecks)).toEqual({
          entries: 18,
          decisions: 7,
          signals: 4,
          outcomes: 0,
          cycles: 6,
          head: await ledger.head(),
          fault: null,
        });
      });

      test('a decision that fails its own check is named', async () => {
        await fill();
        const checkDecision = ({ kind }: { kind: string }) => (kind === 'SELL' ? 'X is not certified' : null);
        const { fault } = await ledger.verify({ checkDecision });
        expect(fault).toEqual({ seq: 10, detail: 'X is not certified' });
      });

      test('a decision is checked beside the configuration of its version, or beside none', async () => {
        await ledger.appendConfig({ ...CONFIG, version: CONFIG_VERSION, config: { cycleMs: 7_000 } });
        await fill();
        const seen = new Set<string>();
        const checkDecision = ({ configVersion }: { configVersion: string }, config: unknown) => {
          seen.add(`${configVersion} ${JSON.stringify(config)}`);
          return null;
        };
        await ledger.verify({ checkDecision });
        expect([...seen]).toEqual([`${CONFIG_VERSION} {"cycleMs":7000}`]);
      });

      test('a noted head is found again after the record has grown', async () => {
        const records = sampleRecords();
        for (const record of records.slice(0, 3)) await ledger.append(record);
        const expectedHead = (await ledger.head()) ?? undefined;
        for (const record of records.slice(3)) await ledger.append(record);
        expect(expectedHead).toBeDefined();
        expect(
          (await ledger.verify({ ...noChecks, ...(expectedHead && { expectedHead }) })).fault,
        ).toBeNull();
      });

      test('a noted head that is missing or different is a fault', async () => {
        await fill();
        const hash = 'ab'.repeat(32);
        const gone = await ledger.verify({ ...noChecks, expectedHead: { seq: 20, hash } });
        expect(gone.fault?.seq).toBe(19);
        const other = await ledger.verify({ ...noChecks, expectedHead: { seq: 10, hash } });
        expect(other.fault?.seq).toBe(10);
      });

      test('progress ends at the whole', async () => {
        await fill();
        const told: [number, number][] = [];
        await ledger.verify({ ...noChecks, onProgress: (done, total) => told.push([done, total]) });
        expect(told.at(-1)).toEqual([18, 18]);
      });
    });
  });
}
