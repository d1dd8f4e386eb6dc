import { cyclonedx } from "./cyclonedx/cyclonedx.ts";
import type { InventoryFormat } from "./inventory-format.ts";
import { packageLock } from "./package-lock/package-lock.ts";
import { spdx } from "./spdx/spdx.ts";

/** Every format that lists components, in the order in which they are asked whether a document is theirs. */
export const allInventoryFormats: readonly InventoryFormat[] = [packageLock, cyclonedx, spdx];
