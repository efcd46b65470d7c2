import type { Clock } from '../core/clock.ts';
import { filesNamedIn } from './variables.ts';

/** What a configuration file and the files that its references name held at one look; null: not there. */
export type Look = {
  readonly text: string | null;
  readonly files: Readonly<Record<string, string | null>>;
};

/** So often the content is looked at. Content, not events: that sees every way of writing on every file system. */
const LOOK_EVERY_MS = 250;

export type WatchState = {
  readonly seen: string;
  /** What was last passed on. */
  readonly told: string;
};

export const UNWATCHED: WatchState = { seen: '', told: '' };

/** A look counts when it shows the same as the one before: nobody is writing any more. It is news once. */
export function watchStep(
  state: WatchState,
  look: Look,
): { readonly state: WatchState; readonly news: Look | null } {
  const seen = JSON.stringify([look.text, Object.entries(look.files)]);
  if (seen !== state.seen) return { state: { ...state, seen }, news: null };
  return { state: { seen, told: seen }, news: seen === state.told ? null : look };
}

/**
 * Looks at a configuration file, and at what it names by `${file:PATH}`, four times a second: written in place, truncated
 * and written, renamed over or behind a link that is swapped, it is the content that counts. `onNews` is told once of
 * every content that came to rest, the first included. The returned function ends it.
 */
export function watchConfig(
  read: (path: string) => string | null,
  path: string,
  clock: Clock,
  onNews: (look: Look) => void,
): () => void {
  let state = UNWATCHED;
  let cancel = (): void => {};
  const look = (): void => {
    const text = read(path);
    const files = Object.fromEntries(filesNamedIn(text ?? '').map((file) => [file, read(file)]));
    const step = watchStep(state, { text, files });
    state = step.state;
    // Armed first: what is done about the news must not delay the next look.
    cancel = clock.at(clock.nowMs() + LOOK_EVERY_MS, look);
    if (step.news !== null) onNews(step.news);
  };
  look();
  return () => cancel();
}
