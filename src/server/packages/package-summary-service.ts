// What other subjects do to the package summaries inside their own transactions, so that a summary never lags behind what it sums up.
export { heldEcosystems } from "./held-ecosystems.ts";
export { markPackagesNamedBy, markPackagesOf, summarisePackages } from "./package-summary-store.ts";
