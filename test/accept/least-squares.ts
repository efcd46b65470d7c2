/** Of the straight line through the points nearest to all of them by least squares: `y` per `x`. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, at, index) => sum + (at - meanX) * ((y[index] ?? 0) - meanY), 0);
  return covariance / x.reduce((sum, at) => sum + (at - meanX) ** 2, 0);
}
