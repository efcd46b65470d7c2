import { hash } from 'node:crypto';
import {
  type Answer,
  type Ask,
  type BarSet,
  endpointFor,
  failure,
  type Source,
  type SourceSettings,
} from '../src/index.ts';
import { PROVIDERS } from './emulators/catalogue.ts';
import { createLab } from './lab.ts';
import { labBaseUrl, labRequest } from './lab-http.ts';
import { ClosedBarsMarket } from './market/closed-bars-market.ts';

export type EmulatedSource = {
  readonly id: string;
  readonly kind: string;
  readonly source: Source;
  readonly settings: SourceSettings;
};

const DIGEST_CHARS = 16;

/** Whether the lab can play a provider of this kind. */
export function canEmulate(kind: string): boolean {
  return Object.hasOwn(PROVIDERS, kind);
}

/**
 * What the lab's providers say over recorded bars, at once and without limits, through the source's own requests and readings:
 * a function of (seed, source, question, time) and of bars that are closed by then. Every answer names its endpoint SIMULATED.
 * Null for other sources, and for what a source is not asked.
 */
export function emulatedAnswers(
  bars: BarSet,
  seed: string,
  sources: readonly EmulatedSource[],
): (ask: Ask, nowMs: number) => Answer | null {
  const market = new ClosedBarsMarket(bars, { kind: 'SIMULATED', seed });
  const providers = sources.map(({ id, kind }) => ({ id, kind, latencyMedianMs: 0, unlimited: true }));
  const lab = createLab({ market, seed, providers });
  const byId = new Map(
    sources.map(({ id, source, settings }) => [
      id,
      { source, settings: { ...settings, baseUrl: labBaseUrl(lab, id) } },
    ]),
  );
  return ({ sourceId, question }, nowMs) => {
    const asked = byId.get(sourceId);
    const emulator = lab.emulators.get(sourceId);
    if (asked === undefined || emulator === undefined) return null;
    const { source, settings } = asked;
    const endpoint = endpointFor(source, question.kind, question.instrument);
    if (endpoint === null) return null;
    const request = endpoint.request([question], settings, null);
    const { response } = emulator.serve(labRequest(new URL(request.url), request), nowMs);
    const { readings } = endpoint.parse({ ...response, receivedAtMs: nowMs }, [question], settings);
    const reading = readings[0] ?? { kind: 'failed', failure: failure('noData', 'nothing was answered') };
    if (reading.kind === 'failed') return reading;
    const { view } = reading;
    const provenance = {
      sourceId,
      endpoint: `SIMULATED ${endpoint.name}`,
      eventAtMs: 'eventAtMs' in view ? view.eventAtMs : null,
      receivedAtMs: nowMs,
      digest: hash('sha256', response.body).slice(0, DIGEST_CHARS),
    };
    return { kind: 'fresh', view, provenance, latencyMs: 0 };
  };
}
