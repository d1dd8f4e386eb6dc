import assert from "node:assert/strict";
import { test } from "node:test";
import { compareForDrawing } from "./version-order.ts";

const ordered: readonly (readonly string[])[] = [
  ["0", "3.7.0", "4.17.15", "4.17.19", "4.17.20", "4.18.0"],
  ["1.0.0-alpha", "1.0.0-beta.2", "1.0.0-rc.1", "1.0.0", "1.0.1"],
  ["v0.9.9", "v0.31.0", "v1.0.0+incompatible", "1.0.1"],
  ["1.9", "1.9.1", "1.10", "2024010112345678901234567890"],
];
for (const versions of ordered) {
  test(`${versions.join(" < ")}, both ways`, () => {
    for (const [at, version] of versions.entries()) {
      assert.equal(compareForDrawing(version, version), 0);
      for (const later of versions.slice(at + 1)) {
        assert.ok(compareForDrawing(version, later) < 0, `${version} < ${later}`);
        assert.ok(compareForDrawing(later, version) > 0, `${later} > ${version}`);
      }
    }
  });
}
