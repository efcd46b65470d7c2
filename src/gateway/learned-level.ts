/** After a refusal the old limit is tried again once so many windows have passed. */
const WINDOWS_UNTIL_TRIED = 9;
/** Of what surely went through beyond the level: at the very border every second request would be refused. */
const SHARE_OF_PASSED = 0.9;

/**
 * What a provider seems to allow in a window since it refused before our count said it would: its limit was lowered, or
 * others use the same key. Pure: time comes in as an argument.
 */
export type LearnedLevel = { readonly level: number; readonly tryAgainAtMs: number };

/**
 * The level after a refusal: half, since what went through before may have been under the old limit; but a refused trial
 * beyond the level only shows where the limit stands.
 * @param passed weight that went through in this window, at most and at least
 */
export function levelAfterRefusal(
  before: LearnedLevel | null,
  passed: { readonly most: number; readonly least: number },
  { max, windowMs }: { readonly max: number; readonly windowMs: number },
  nowMs: number,
): LearnedLevel {
  const from = before?.level ?? max;
  const isTrial = before !== null && passed.most >= before.level;
  const level = isTrial ? Math.max(from, Math.floor(passed.least * SHARE_OF_PASSED)) : Math.floor(from / 2);
  return { level: Math.max(1, level), tryAgainAtMs: nowMs + WINDOWS_UNTIL_TRIED * windowMs };
}
