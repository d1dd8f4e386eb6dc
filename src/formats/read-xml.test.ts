import assert from "node:assert/strict";
import { test } from "node:test";
import { type CodedError, isCodedError } from "../vocabulary/coded-error.ts";
import { readXml, XML_LIMITS, type XmlElement, type XmlLimits } from "./read-xml.ts";

const limits: XmlLimits = { maxBytes: 4000, maxDepth: 5, maxNodes: 40, maxMarkup: 2000 };

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function readText(text: string): XmlElement {
  return readXml(bytesOf(text), limits);
}

function refusalOf(bytes: Uint8Array | string, bounds: XmlLimits = limits): CodedError {
  try {
    readXml(typeof bytes === "string" ? bytesOf(bytes) : bytes, bounds);
  } catch (error) {
    assert.ok(isCodedError(error), `expected a CodedError, found ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: "expected a refusal" });
}

/** An element as nested lists: name, attributes, then text or children. */
function outline(element: XmlElement): unknown {
  return [element.name, { ...element.attributes }, ...(element.children.length > 0 ? element.children.map(outline) : [element.text])];
}

test("elements, attributes, character data, sections and references are read; comments and instructions are left off", () => {
  const document = `<?xml version="1.0" encoding="UTF-8"?>
    <!-- before --><?target data?>
    <a b="1" c='"2"'><d>x &lt;&amp;&#65;&#x1F600; <![CDATA[<y> & ]]]>z<!-- not this --><?nor this?></d><e/></a>
    <!-- behind -->`;
  assert.deepEqual(outline(readText(document)), ["a", { b: "1", c: '"2"' }, ["d", {}, "x <&A😀 <y> & ]z"], ["e", {}, ""]]);
});

test("white space alone between two tags is no text, and line ends of any kind are one character", () => {
  const root = readXml(bytesOf("<a>\r\n <b>1\r\n2\r3\n4</b>\r\n</a>"), limits);
  assert.deepEqual([root.text, root.children[0]?.text], ["", "1\n2\n3\n4"]);
});

test("every element has the line and column of its start tag", () => {
  const root = readText(`<?xml version="1.0"?>\n<a\n  b="1">\n  <c/>x<d\n/><é>\r\n\r\n<f/></é></a>`);
  const places = (element: XmlElement): readonly string[] => [`${element.name} ${element.place}`, ...element.children.flatMap(places)];
  assert.deepEqual(places(root), ["a 2:1", "c 4:3", "d 4:8", "é 5:3", "f 7:1"]);
});

test("a prefix is what it stands for where it stands", () => {
  const root = readText(
    `<x:a xmlns:x="urn:1" xmlns="urn:2"><b/><x:b xmlns:x="urn:3"><x:c/></x:b><x:d/><e xmlns=""><f xml:lang="en" x:g="1"/></e></x:a>`,
  );
  const names = (element: XmlElement): readonly string[] => [`{${element.namespace}}${element.name}`, ...element.children.flatMap(names)];
  assert.deepEqual(names(root), ["{urn:1}a", "{urn:2}b", "{urn:3}b", "{urn:3}c", "{urn:1}d", "{}e", "{}f"]);
  assert.deepEqual({ ...root.children.at(-1)?.children[0]?.attributes }, { "xml:lang": "en", "x:g": "1" });
});

test("a text that is not well-formed is refused with its line and column", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["", "1:1", /must contain a root element$/],
    ["<a>", "1:3", /unclosed tag: a$/],
    ["<a></b>", "1:7", /unexpected close tag$/],
    ["<a/><b/>", "1:7", /documents may contain only one root$/],
    ["x<a/>", "1:2", /text data outside of root node$/],
    ["<a/>x", "1:6", /text data outside of root node$/],
    ["<a>\n<b c=1/></a>", "2:6", /unquoted attribute value$/],
    ['<a b="1" b="2"/>', "1:16", /duplicate attribute: b$/],
    ['<a b="<"/>', "1:7", /disallowed character/],
    ["<a>\n &unknown;</a>", "2:10", /undefined entity$/],
    ["<a>&toString;&__proto__;</a>", "1:13", /undefined entity$/],
    ["<a>&#0;</a>", "1:7", /malformed character entity$/],
    ["<a>&#xD800;</a>", "1:11", /malformed character entity$/],
    ["<a>\u0001</a>", "1:4", /disallowed character$/],
    ["<a>\0</a>", "1:4", /disallowed character$/],
    ["<a>\ufffe</a>", "1:4", /disallowed character$/],
    ["<a>]]></a>", "1:6", /disallowed in char data$/],
    ["<a><!-- -- --></a>", "1:11", /malformed comment$/],
    ["<1/>", "1:2", /disallowed character in tag name$/],
    ["<a><x:b/></a>", "1:4", /Expected a prefix that stands for a namespace, found x:b$/],
    ["<a>& b; c</a>", "1:7", /disallowed character in entity name$/],
    [`<a>${"&".repeat(20)}</a>`, "1:27", /unclosed tag: a$/],
    ["{}", "1:3", /outside of root node$/],
  ];
  for (const [text, place, message] of cases) {
    const error = refusalOf(text);
    assert.deepEqual([error.code, error.place], ["document-invalid", place], `${text}: ${error.message}`);
    assert.match(error.message, message, text);
  }
});

test("a document type declaration is refused, and with it entities that multiply or fetch", () => {
  const laughs = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join("\n");
  const cases: readonly (readonly [string, string])[] = [
    [`<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY l0 "ha">\n${laughs}]>\n<a>&l9;</a>`, "2:1"],
    [`<!DOCTYPE a [<!ENTITY b "${"x".repeat(1000)}">]><a>${"&b;".repeat(30)}</a>`, "1:1"],
    [`<!-- x --><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>`, "1:11"],
    [`<!DOCTYPE a [<!ENTITY % b SYSTEM "http://localhost/b.dtd"> %b;]><a/>`, "1:1"],
    [`<!DOCTYPE a PUBLIC "x" "http://localhost/a.dtd"><a/>`, "1:1"],
    [`<!DOCTYPE a><a/>`, "1:1"],
  ];
  for (const [text, place] of cases) {
    const error = refusalOf(text);
    assert.deepEqual([error.code, error.place], ["document-invalid", place]);
    assert.equal(error.message, "Expected no document type declaration, found <!DOCTYPE");
  }
  assert.equal(refusalOf("<!doctype html><html/>").code, "document-invalid");
  assert.equal(readText("<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>").text, "<!DOCTYPE a>");
});

test("nesting beyond the limit is refused at once, a million levels like six", () => {
  assert.equal(readText("<a><a><a><a><a/></a></a></a></a>").children.length, 1);
  const error = refusalOf("<a>".repeat(6));
  assert.deepEqual(
    [error.code, error.place, error.message],
    ["document-invalid", "1:16", "Expected at most 5 levels of nesting, found more"],
  );
  assert.equal(refusalOf("<a>".repeat(1_000_000), XML_LIMITS).place, "1:601");
});

test("too many bytes, elements, attributes or references, and markup that is too long, are too large", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [`<a>${" ".repeat(4000)}</a>`, /at most 4000 bytes/],
    [`<a>${"<b/>".repeat(40)}</a>`, /at most 40 elements/],
    [`<a ${Array.from({ length: 40 }, (_, index) => `b${index}=""`).join(" ")}/>`, /at most 40 elements/],
    [`<a>${"&lt;".repeat(41)}</a>`, /at most 40 elements, attributes and references/],
    [`<a b="${"x".repeat(2000)}"/>`, /at most 2000 characters in one tag/],
    [`<a>\n<!--${"-x".repeat(1000)}--></a>`, /at most 2000 characters in one tag/],
    [`<a><![CDATA[${"]x".repeat(1000)}]]></a>`, /at most 2000 characters in one tag/],
    [`<a><?b ${"?x".repeat(1000)}?></a>`, /at most 2000 characters in one tag/],
    [`<a>${"</".repeat(1500)}`, /at most 2000 characters in one tag/],
  ];
  for (const [text, message] of cases) {
    const error = refusalOf(text);
    assert.deepEqual([error.code, message.test(error.message)], ["document-too-large", true], `${text.slice(0, 20)}: ${error.message}`);
  }
  assert.equal(readText(`<a b="${"x".repeat(1900)}"/>`).attributes["b"]?.length, 1900);
  assert.match(
    refusalOf(`<a ${Array.from({ length: 35 }, (_, index) => `xmlns:b${index}="x"`).join(" ")}/>`).message,
    /at most 30 namespaces/,
  );
});

test("what a parser gathers piece by piece stays within its bounds at the largest size of a piece", () => {
  const half = XML_LIMITS.maxMarkup / 2 - 10;
  assert.equal(readXml(bytesOf(`<a b="${"\n".repeat(2 * half)}"/>`), XML_LIMITS).attributes["b"]?.length, 2 * half);
  assert.equal(readXml(bytesOf(`<a><![CDATA[${"]x".repeat(half)}]]><!--${"-x".repeat(half)}--></a>`), XML_LIMITS).text.length, 2 * half);
  assert.equal(readXml(bytesOf(`<a>${"\r".repeat(1_000_000)}&lt;${"&lt;".repeat(200_000)}</a>`), XML_LIMITS).text.length, 1_200_001);
  assert.equal(readXml(bytesOf(`<${"a".repeat(1_000_000)}/>`), XML_LIMITS).name.length, 1_000_000);
  assert.ok(refusalOf(`<a></${"b".repeat(1_000_000)}>`, XML_LIMITS).message.length < 200);
  // One line, many elements: the place of each must not cost the length of the document.
  assert.equal(readXml(bytesOf(`<a>${"<b/>".repeat(200_000)}</a>`), XML_LIMITS).children.at(-1)?.place, "1:800000");
});

test("UTF-8 is read with or without a mark, single-byte encodings as declared, and anything else is refused by name", () => {
  const declared = (encoding: string, text: string): Uint8Array =>
    Uint8Array.from(`<?xml version='1.0' encoding='${encoding}'?><a>${text}</a>`, (character) => character.charCodeAt(0));
  assert.equal(readXml(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf("<a>é</a>")), limits).text, "é");
  for (const encoding of ["ISO-8859-1", "iso-8859-1", "windows-1252", "Latin1"]) {
    assert.equal(readXml(declared(encoding, "\u00e9"), limits).text, "é", encoding);
  }
  for (const encoding of ["UTF-8", "utf8", "US-ASCII", "utf-16"])
    assert.equal(readXml(declared(encoding, "x"), limits).text, "x", encoding);

  const utf16 = Buffer.from("<a>x</a>", "utf16le");
  const cases: readonly (readonly [Uint8Array, string, RegExp])[] = [
    [utf16, "byte 0", /^Expected UTF-8, found UTF-16$/],
    [Buffer.concat([Buffer.of(0xff, 0xfe), utf16]), "byte 0", /found UTF-16$/],
    [Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(utf16).swap16()]), "byte 0", /found UTF-16$/],
    [Buffer.from(utf16).swap16(), "byte 0", /found UTF-16$/],
    [Uint8Array.of(0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0), "byte 0", /found UTF-32$/],
    [declared("Shift_JIS", "x"), "1:1", /found the encoding Shift_JIS$/],
    [Uint8Array.of(...bytesOf("<a>"), 0xe9, ...bytesOf("</a>")), "byte 3", /^Expected UTF-8, found byte e9$/],
    [declared("UTF-8", "\u00ff"), "byte 41", /^Expected UTF-8, found byte ff$/],
    [Uint8Array.of(0x3c, 0x61, 0xc0, 0xbe), "byte 2", /^Expected UTF-8/],
  ];
  for (const [bytes, place, message] of cases) {
    const error = refusalOf(bytes);
    assert.deepEqual([error.code, error.place], ["document-invalid", place], error.message);
    assert.match(error.message, message);
  }
});

test("an attribute or element named __proto__ is data and changes no prototype", () => {
  const root = readText(`<a __proto__="1" constructor="2"><__proto__ polluted="yes"/></a>`);
  assert.deepEqual(Object.keys(root.attributes), ["__proto__", "constructor"]);
  assert.equal(root.children[0]?.name, "__proto__");
  assert.equal(root.children[0]?.attributes["toString"], undefined);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

test("a document cut off anywhere is refused and never read as something shorter", () => {
  const whole = bytesOf(`<?xml version="1.0"?><a b="c &amp; d"><!-- x --><é><![CDATA[y]]></é>z</a>`);
  for (let length = 0; length < whole.length; length++) {
    assert.equal(refusalOf(whole.subarray(0, length)).code, "document-invalid", `cut at ${length}`);
  }
});
