/** The middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, and the quarter and three-quarter values as its spread. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: median(values), low: at(0.25), high: at(0.75) };
}

/** Round by round: both were measured within the same moment. */
export function ratios(of, over) {
  return of.map((value, i) => value / over[i]);
}
