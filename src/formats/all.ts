export { cargoLock } from "./cargo-lock/cargo-lock.ts";
export { cyclonedx } from "./cyclonedx/cyclonedx.ts";
export { goMod } from "./go-mod/go-mod.ts";
export { packageLock } from "./package-lock/package-lock.ts";
export { spdx } from "./spdx/spdx.ts";
