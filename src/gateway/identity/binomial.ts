/** P(X <= k) for X of n independent trials with chance p. */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k >= n || p <= 0) return k < 0 ? 0 : 1;
  if (k < 0 || p >= 1) return 0;
  let term = (1 - p) ** n;
  let sum = term;
  for (let i = 1; i <= k; i += 1) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    sum += term;
  }
  return Math.min(1, sum);
}

/** P(X >= k). */
export function binomialAtLeast(k: number, n: number, p: number): number {
  return 1 - binomialAtMost(k - 1, n, p);
}

/** The largest chance under which k or fewer of n are still seen with probability `alpha`: Clopper and Pearson's one-sided bound. */
export function upperBound(k: number, n: number, alpha = 0.05): number {
  if (k >= n) return 1;
  let [low, high] = [k / n, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (binomialAtMost(k, n, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}
