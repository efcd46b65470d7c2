import { field, isRecord, items } from '../door/json.ts';

/** One step of a pointer: a member name or array index, or every item or member. */
export type PointerStep = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'each' };

/** A place in a document, and the member name or index that the last `*` on the way stood for. */
export type Place = { readonly value: unknown; readonly name: string | null };

/** What a text that is no pointer leads to. */
const NOWHERE: PointerStep = { kind: 'each' };

/** More records than this in one answer are a mistake of the declaration or of the provider. */
const PLACES_MAX = 20_000;

/** The steps of an RFC 6901 pointer in which a step `*` means each; null for anything else. `~1` is `/`, `~0` is `~`. */
export function pointerSteps(text: string): readonly PointerStep[] | null {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return null;
  return text
    .slice(1)
    .split('/')
    .map((step) =>
      step === '*'
        ? { kind: 'each' }
        : { kind: 'name', name: step.replaceAll('~1', '/').replaceAll('~0', '~') },
    );
}

/** RFC 6901 knows the items of an array by their index alone: its length is no item. */
function memberOf(value: unknown, name: string): unknown {
  return Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(name) ? undefined : field(value, name);
}

function placesUnder(value: unknown): Place[] {
  if (Array.isArray(value)) return items(value).map((item, index) => ({ value: item, name: String(index) }));
  return isRecord(value) ? Object.entries(value).map(([name, member]) => ({ value: member, name })) : [];
}

/** All places that the steps lead to, in the document's order; at most 20,000. Steps that lead nowhere find none. */
export function places(document: unknown, steps: readonly PointerStep[]): readonly Place[] {
  let found: Place[] = [{ value: document, name: null }];
  for (const step of steps) {
    found =
      step.kind === 'each'
        ? found.flatMap(({ value }) => placesUnder(value))
        : found.flatMap(({ value, name }) => {
            const next = memberOf(value, step.name);
            return next === undefined ? [] : [{ value: next, name }];
          });
    if (found.length > PLACES_MAX) found = found.slice(0, PLACES_MAX);
  }
  return found;
}

/** Of the pointers that declarations name; a batch asks for the same few a hundred times. */
const steps = new Map<string, readonly PointerStep[] | null>();
const STEPS_KEPT = 1_000;

function knownSteps(pointer: string): readonly PointerStep[] | null {
  const known = steps.get(pointer);
  if (known !== undefined) return known;
  if (steps.size >= STEPS_KEPT) steps.clear();
  const read = pointerSteps(pointer);
  steps.set(pointer, read);
  return read;
}

/** The value at a pointer without `*`; undefined where it leads nowhere or is no pointer. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const step of knownSteps(pointer) ?? [NOWHERE]) {
    if (step.kind === 'each') return undefined;
    value = memberOf(value, step.name);
  }
  return value;
}
