import type { HttpJsonDeclaration } from '../../core/http-json.ts';
import type { Instrument } from '../../core/instrument.ts';
import { fillTemplate } from './template.ts';

/** The provider's symbol of an instrument by the declaration's map or format; null where it has none. */
export function symbolOf({ symbols }: HttpJsonDeclaration, instrument: Instrument): string | null {
  const { id, base, quote, assetClass } = instrument;
  if (Object.hasOwn(symbols.map, id)) return symbols.map[id] ?? null;
  const format = symbols[assetClass];
  if (format === null) return null;
  if (format === '{id}' && symbols.case === 'upper') return id;
  const symbol = fillTemplate(format, (name) => ({ id, base, quote })[name] ?? '');
  return symbols.case === 'lower' ? symbol.toLowerCase() : symbol;
}
