/** `BRK-B` is `BRK.B` in the lab; coins are spelled alike. */
export function idOf(symbol: string): string {
  return symbol.replace(/^([A-Z]{1,5})-([A-Z])$/, '$1.$2');
}

export function symbolOf(id: string): string {
  return id.replace('.', '-');
}
