/** Of the straight line through the points nearest to all of them by least squares: `y` per `x`. */
export function slope(x: readonly number[], y: readonly number[]): number {
  return line(x, y).slope;
}

/** The slope with its standard error, of three points or more whose distances from the line are independent. */
export function line(
  x: readonly number[],
  y: readonly number[],
): { readonly slope: number; readonly standardError: number } {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const squares = x.reduce((sum, at) => sum + (at - meanX) ** 2, 0);
  const steepness = x.reduce((sum, at, i) => sum + (at - meanX) * ((y[i] ?? 0) - meanY), 0) / squares;
  const left = x.reduce((sum, at, i) => sum + ((y[i] ?? 0) - meanY - steepness * (at - meanX)) ** 2, 0);
  return { slope: steepness, standardError: Math.sqrt(left / (x.length - 2) / squares) };
}
