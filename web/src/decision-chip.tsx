import type { DecisionKind } from '../../src/api/contract.ts';
import { DECISION_ICONS } from './words.ts';

/** A decision as word, icon and colour. */
export function DecisionChip({ kind }: { kind: DecisionKind }) {
  return (
    <span class={`chip chip-${kind.toLowerCase()}`}>
      <span aria-hidden="true">{DECISION_ICONS[kind]}</span> {kind}
    </span>
  );
}
