import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyPlaceAnswer } from "../../contract/model-schemas.ts";
import { credentialSentence, credentialShown, destroyedAtText, notStatedText, placeText } from "./key-place-words.ts";

const ID = "6f1c1b1e-0a52-4d0e-9a4f-0d4f2f5b7a11";
const gone: KeyPlaceAnswer = { gateway: `${ID}/gateway-1`, name: "Hall 1", state: "destroyed", destroyedAtMs: 1 };
const silent: KeyPlaceAnswer = { gateway: `${ID}/gateway-2`, state: "not-stated" };

test("a key is said to be destroyed alone when each gateway has stated it", () => {
  assert.deepEqual(
    [[gone], [gone, gone], [gone, silent], [silent], []].map((places) => destroyedAtText(places)),
    ["destroyed", "destroyed", "destroyed at 1 of 2 gateways", "not stated as destroyed", "not stated as destroyed"],
  );
});

test("a gateway is called as its lab calls it, and by its own name without its credential's id", () => {
  assert.deepEqual([placeText(gone), placeText(silent)], ["Hall 1 (gateway-1)", "gateway-2"]);
  assert.equal(notStatedText([gone, silent]), "gateway-2 has not stated that its own is destroyed. Nobody here can say.");
  assert.equal(
    notStatedText([silent, { ...gone, state: "not-stated" }]),
    "gateway-2 and Hall 1 (gateway-1) have not stated that their own is destroyed. Nobody here can say.",
  );
  assert.equal(notStatedText([gone, gone]), undefined);
});

test("a window's key stands as its lab may know it", () => {
  const words = (window: Parameters<typeof credentialShown>[0]) => [credentialShown(window)?.word, credentialSentence(window)];
  assert.deepEqual(words({}), [undefined, undefined]);
  assert.deepEqual(words({ credential: "destroyed" }), ["key destroyed", "its key is destroyed"]);
  assert.deepEqual(words({ credential: "premises" }), ["key stays with you", "its key stays at your own gateway"]);
  assert.deepEqual(words({ credential: "premises", credentialAt: [gone, silent] }), [
    "key destroyed at 1 of 2 gateways",
    "its key is destroyed at 1 of 2 gateways",
  ]);
  assert.deepEqual(words({ credential: "premises", credentialAt: [] }), [
    "key not stated as destroyed",
    "its key is not stated as destroyed",
  ]);
  assert.deepEqual(words({ credential: "destroyed", credentialAt: [gone, gone] }), [
    "key destroyed",
    "its key is destroyed at each of 2 gateways",
  ]);
});
