/** A price for people, without its currency: 171.20, 1.0001, 0.000012340. About five significant digits. */
export function priceText(price: number): string {
  const decimals = price >= 100 ? 2 : 4 - Math.floor(Math.log10(price));
  return price.toFixed(Math.min(decimals, 14));
}
