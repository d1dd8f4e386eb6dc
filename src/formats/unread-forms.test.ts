import assert from "node:assert/strict";
import { test } from "node:test";
import { readInventory } from "./read-inventory.ts";

function read(text: string): unknown {
  return readInventory({ name: "sbom.json", bytes: new TextEncoder().encode(text) }, () => undefined);
}

test("syft's own JSON is refused by name, with what to do instead, however long its list is", () => {
  const schema = { version: "16.0.3", url: "https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-16.0.3.json" };
  const artifacts = Array.from({ length: 500 }, (_, index) => ({
    id: `${index}`,
    name: "gate",
    version: "1.0.0",
    purl: "pkg:npm/gate@1.0.0",
  }));
  for (const document of [
    { artifacts, descriptor: { name: "syft" }, schema },
    { schema, artifacts },
  ]) {
    for (const text of [JSON.stringify(document), JSON.stringify(document, undefined, 2)]) {
      assert.throws(() => read(text), {
        name: "CodedError",
        code: "document-unknown",
        message:
          "Expected a lockfile or SBOM that is read here, found syft's own JSON. Let syft write CycloneDX: syft convert FILE -o cyclonedx-json",
      });
    }
  }
});

test("a CycloneDX document that mentions syft's schema is read", () => {
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    components: [],
    externalReferences: [{ type: "other", url: "https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-16.0.3.json" }],
  };
  assert.deepEqual((read(JSON.stringify(bom)) as { readonly format: string }).format, "CycloneDX 1.6");
});
