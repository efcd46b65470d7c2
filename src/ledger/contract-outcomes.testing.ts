import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerEntry } from '../core/ledger.ts';
import {
  ended,
  opened,
  outcomesRecord,
  resolved,
  sampleRecord,
  sampleSignal,
  signalIdOf,
  slotAtMs,
  unresolved,
} from './sample.testing.ts';

const noChecks = { checkDecision: () => null };

/** What came of signals, on record; `fill` appends a configuration and the sample records. */
export function describeOutcomes(
  ledger: () => Ledger,
  fill: () => Promise<LedgerEntry[]>,
  reopen: () => Promise<Ledger | null>,
): void {
  const made = resolved('AAPL', 'BUY', 2, 8);
  const unknown = unresolved('AAPL', 'SELL', 4, 8);

  async function fillWithOutcomes(): Promise<readonly LedgerEntry[]> {
    await fill();
    return ledger().append(outcomesRecord());
  }

  describe('outcomes', () => {
    test('stand behind the signal events of their cycle, as they were given', async () => {
      const entries = await fillWithOutcomes();
      expect(entries.map(({ seq, type, body }) => [seq, type, body]).slice(0, 2)).toEqual([
        [19, 'outcome', made],
        [20, 'outcome', unknown],
      ]);
      expect(await ledger().entriesAfter(18, 10)).toEqual(JSON.parse(JSON.stringify(entries)));
      expect(await ledger().verify(noChecks)).toMatchObject({ entries: 21, outcomes: 2, fault: null });
    });

    test('a signal may get its outcome in the cycle that opens it, and go on being open', async () => {
      await fill();
      const opening = opened('TSLA', 'BUY', 8);
      await ledger().append(
        sampleRecord(8, ['AAPL', 'TSLA'], { TSLA: 'BUY' }, [opening], [resolved('TSLA', 'BUY', 8, 8)]),
      );
      await ledger().append(sampleRecord(9, ['AAPL', 'TSLA'], {}, [ended('TSLA', 'BUY', 8, 9)]));
      expect(await ledger().verify(noChecks)).toMatchObject({ outcomes: 1, fault: null });
    });

    const refusals = [
      { outcomes: [{ ...made, signalId: 'X' }], because: /was never opened, or has an outcome already/ },
      { outcomes: [made, made], because: /has an outcome already/ },
      { outcomes: [{ ...made, instrumentId: 'TSLA' }], because: /was opened as BUY of AAPL/ },
      { outcomes: [{ ...made, side: 'SELL' as const }], because: /was opened as BUY of AAPL/ },
      { outcomes: [{ ...made, atMs: made.atMs + 1 }], because: /columns do not repeat its body/ },
      { outcomes: [{ ...made, cycle: 7 }], because: /columns do not repeat its body/ },
      { outcomes: [{ ...made, exitPrice: made.exitPrice + 1 }], because: /but its prices make/ },
      { outcomes: [{ ...made, exitAtMs: slotAtMs(1) }], because: /not between its opening and/ },
      { outcomes: [{ ...made, exitAtMs: slotAtMs(9) }], because: /not between its opening and/ },
    ];
    test.each(refusals)(
      'a record is refused whole: $because ($outcomes.length)',
      async ({ outcomes, because }) => {
        await fill();
        const before = await ledger().head();
        await expect(ledger().append(outcomesRecord(outcomes))).rejects.toThrow(because);
        expect(await ledger().head()).toEqual(before);
        await ledger().append(outcomesRecord());
      },
    );

    test('a signal has one outcome, also after reopening', async () => {
      await fillWithOutcomes();
      const again = sampleRecord(9, ['AAPL', 'TSLA'], {}, [], [{ ...made, cycle: 9, atMs: slotAtMs(9) }]);
      await expect(ledger().append(again)).rejects.toThrow(/has an outcome already/);
      const reopened = await reopen();
      if (reopened !== null) await expect(reopened.append(again)).rejects.toThrow(/has an outcome already/);
    });

    test('signals without one are found with how they ended, oldest first, also after reopening', async () => {
      await fill();
      expect((await ledger().standing())?.unscored).toEqual([
        {
          seq: 7,
          signal: sampleSignal('AAPL', 'BUY', 2),
          end: ended('AAPL', 'BUY', 2, 4),
          outcome: null,
        },
        { seq: 12, signal: sampleSignal('AAPL', 'SELL', 4), end: null, outcome: null },
        { seq: 15, signal: sampleSignal('BTC-USD', 'BUY', 6), end: null, outcome: null },
      ]);
      await ledger().append(outcomesRecord());
      const left = [signalIdOf('BTC-USD', 'BUY', 6)];
      expect((await ledger().standing())?.unscored.map(({ signal }) => signal.id)).toEqual(left);
      const reopened = await reopen();
      if (reopened !== null)
        expect((await reopened.standing())?.unscored.map(({ signal }) => signal.id)).toEqual(left);
    });

    test('a signal is told with its outcome', async () => {
      await fillWithOutcomes();
      expect((await ledger().signal(made.signalId))?.outcome).toEqual(made);
      const rows = await ledger().signals({ instrumentId: 'AAPL', limit: 10 });
      expect(rows.map(({ outcome }) => outcome)).toEqual([unknown, made]);
    });

    test.each([
      { filter: {}, seqs: [20, 19] },
      { filter: { limit: 1 }, seqs: [20] },
      { filter: { beforeSeq: 20 }, seqs: [19] },
      { filter: { kind: 'resolved' }, seqs: [19] },
      { filter: { kind: 'unresolved' }, seqs: [20] },
      { filter: { side: 'BUY' }, seqs: [19] },
      { filter: { instrumentId: 'AAPL', side: 'SELL' }, seqs: [20] },
      { filter: { instrumentId: 'TSLA' }, seqs: [] },
      { filter: { fromMs: slotAtMs(8) }, seqs: [20, 19] },
      { filter: { toMs: slotAtMs(8) - 1 }, seqs: [] },
    ] as const)('$filter gives rows $seqs', async ({ filter, seqs }) => {
      await fillWithOutcomes();
      const rows = await ledger().outcomes({ limit: 500, ...filter });
      expect(rows.map(({ seq }) => seq)).toEqual(seqs);
    });

    test('a row holds the outcome beside its signal', async () => {
      await fillWithOutcomes();
      const [row] = await ledger().outcomes({ kind: 'resolved', limit: 1 });
      expect(row).toEqual({ seq: 19, signal: sampleSignal('AAPL', 'BUY', 2), outcome: made });
    });
  });
}
