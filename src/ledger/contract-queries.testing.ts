import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerEntry } from '../core/ledger.ts';
import { ended, sampleDecision, sampleSignal, signalIdOf, slotAtMs } from './sample.testing.ts';

/** The reading half of the contract; `fill` appends a configuration and the sample records. */
export function describeQueries(ledger: () => Ledger, fill: () => Promise<LedgerEntry[]>): void {
  describe('entriesAfter', () => {
    test('what came later, oldest first, as it was told when it was appended', async () => {
      const told = JSON.parse(JSON.stringify(await fill())) as LedgerEntry[];
      expect(await ledger().entriesAfter(0, 500)).toEqual(told);
      expect(await ledger().entriesAfter(4, 3)).toEqual(told.slice(4, 7));
      expect(await ledger().entriesAfter(18, 3)).toEqual([]);
      expect(await ledger().entriesAfter(99, 3)).toEqual([]);
    });
  });

  describe('decisions', () => {
    test.each([
      { filter: {}, seqs: [17, 14, 10, 6, 4, 3, 2] },
      { filter: { instrumentId: 'AAPL' }, seqs: [10, 6, 2] },
      { filter: { instrumentId: 'MSFT' }, seqs: [] },
      { filter: { kind: 'HOLD' }, seqs: [17, 3, 2] },
      { filter: { kind: 'BUY', instrumentId: 'BTC-USD' }, seqs: [14] },
      { filter: { fromMs: slotAtMs(2), toMs: slotAtMs(4) }, seqs: [10, 6] },
      { filter: { fromMs: slotAtMs(2) + 1 }, seqs: [17, 14, 10] },
      { filter: { toMs: slotAtMs(2) - 1 }, seqs: [4, 3, 2] },
      { filter: { toMs: slotAtMs(0) }, seqs: [] },
      { filter: { fromMs: slotAtMs(8) }, seqs: [] },
      { filter: { kind: 'HOLD', instrumentId: 'TSLA', fromMs: slotAtMs(7) }, seqs: [17] },
      { filter: { beforeSeq: 10 }, seqs: [6, 4, 3, 2] },
      { filter: { limit: 2 }, seqs: [17, 14] },
      { filter: { limit: 2, beforeSeq: 14, instrumentId: 'AAPL' }, seqs: [10, 6] },
    ] as const)('$filter gives rows $seqs', async ({ filter, seqs }) => {
      await fill();
      const rows = await ledger().decisions({ limit: 500, ...filter });
      expect(rows.map(({ seq }) => seq)).toEqual(seqs);
    });

    test('a row holds the decision as it was given', async () => {
      await fill();
      const [row] = await ledger().decisions({ limit: 1, beforeSeq: 17 });
      expect(row).toEqual({ seq: 14, decision: sampleDecision('BTC-USD', 'BUY', 6) });
    });

    test.each([0, -1, 1.5, 501, Number.NaN])('a limit of %d is refused', async (limit) => {
      await expect(ledger().decisions({ limit })).rejects.toThrow(RangeError);
      await expect(ledger().signals({ limit })).rejects.toThrow(RangeError);
      await expect(ledger().outcomes({ limit })).rejects.toThrow(RangeError);
      await expect(ledger().entriesAfter(0, limit)).rejects.toThrow(RangeError);
    });
  });

  describe('decisionAt', () => {
    test.each([
      { atMs: slotAtMs(1) - 1, seq: null },
      { atMs: slotAtMs(1), seq: 2 },
      { atMs: slotAtMs(3), seq: 6 },
      { atMs: slotAtMs(4) - 1, seq: 6 },
      { atMs: slotAtMs(4), seq: 10 },
      { atMs: slotAtMs(99), seq: 10 },
    ])('for AAPL at $atMs row $seq stood', async ({ atMs, seq }) => {
      await fill();
      expect((await ledger().decisionAt('AAPL', atMs))?.seq ?? null).toBe(seq);
    });
  });

  describe('signals', () => {
    test.each([
      { filter: {}, seqs: [15, 12, 7] },
      { filter: { instrumentId: 'AAPL' }, seqs: [12, 7] },
      { filter: { side: 'BUY' }, seqs: [15, 7] },
      { filter: { side: 'BUY', instrumentId: 'AAPL' }, seqs: [7] },
      { filter: { open: true }, seqs: [15, 12] },
      { filter: { open: false }, seqs: [7] },
      { filter: { open: true, side: 'SELL' }, seqs: [12] },
      { filter: { open: true, instrumentId: 'BTC-USD' }, seqs: [15] },
      { filter: { open: false, instrumentId: 'AAPL', side: 'BUY' }, seqs: [7] },
      { filter: { open: false, side: 'SELL' }, seqs: [] },
      { filter: { fromMs: slotAtMs(4), toMs: slotAtMs(5) }, seqs: [12] },
      { filter: { toMs: slotAtMs(4) }, seqs: [12, 7] },
      { filter: { limit: 1 }, seqs: [15] },
      { filter: { limit: 1, beforeSeq: 15 }, seqs: [12] },
      { filter: { limit: 1, beforeSeq: 12, open: false }, seqs: [7] },
    ] as const)('$filter gives rows $seqs', async ({ filter, seqs }) => {
      await fill();
      const rows = await ledger().signals({ limit: 500, ...filter });
      expect(rows.map(({ seq }) => seq)).toEqual(seqs);
      for (const { seq, end } of rows) expect(end !== null).toBe(seq === 7);
    });

    test('one by id, with how it ended', async () => {
      await fill();
      const row = await ledger().signal(signalIdOf('AAPL', 'BUY', 2));
      expect(row).toEqual({
        seq: 7,
        signal: sampleSignal('AAPL', 'BUY', 2),
        end: ended('AAPL', 'BUY', 2, 4),
        outcome: null,
      });
      expect((await ledger().signal(signalIdOf('AAPL', 'SELL', 4)))?.end).toBeNull();
      expect(await ledger().signal('AAPL')).toBeNull();
    });
  });
}
