import { Choice } from "../../forms/choice.tsx";
import { TextArea } from "../../forms/text-area.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { Button } from "../../ui/button.tsx";
import { countText } from "../../words/count-text.ts";
import { newStretch, type TypedPart, type TypedStretch } from "./typed-part.ts";

export type PartFieldsProps = { readonly typed: TypedPart; readonly onChange: (change: Partial<TypedPart>) => void };

/** The fields of a part's kind. */
export function PartFields({ typed, onChange }: PartFieldsProps) {
  const { kind, text, sort } = typed;
  const setText = (value: string): void => onChange({ text: value });
  const setSort = (value: string): void => onChange({ sort: value });
  switch (kind) {
    case "notice":
      return (
        <TextArea label="Packages" hint="One a line, the ecosystem first: npm @halyard/broker" value={text} onChange={setText} isMono />
      );
    case "summary":
      return <TextInput label="Summary" value={text} onChange={setText} />;
    case "details":
      return <TextArea label="Details" value={text} onChange={setText} rows={8} />;
    case "build":
      return <TextArea label="How to build the fix" value={text} onChange={setText} rows={8} />;
    case "research":
      return (
        <TextArea label="Research" hint="Seen at case alone. Each reading is written down." value={text} onChange={setText} rows={8} />
      );
    case "affected":
      return <AffectedFields typed={typed} onChange={onChange} />;
    case "patch":
      return (
        <>
          <Choice label="What it is" value={sort} onChange={setSort} options={PATCHES} />
          <PackageFields typed={typed} onChange={onChange} hint="May be left empty" />
          {sort === "diff" || sort === "mitigation" ? (
            <TextArea label={sort === "diff" ? "Diff" : "What to do"} value={text} onChange={setText} isMono={sort === "diff"} rows={6} />
          ) : (
            <TextInput label={sort === "commit" ? "Address of the commit" : "Version"} value={text} onChange={setText} isMono />
          )}
        </>
      );
    case "severity":
      return (
        <>
          <Choice label="Scale" value={sort} onChange={setSort} options={withValue(SCALES, sort)} />
          <TextInput
            label={sort.startsWith("CVSS") ? "Vector" : "Word"}
            hint={sort === "CVSS_V3" ? "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" : undefined}
            value={text}
            onChange={setText}
            isMono
          />
        </>
      );
    case "weakness":
      return <TextInput label="Id in CWE" hint="CWE-79" value={text} onChange={setText} isMono />;
    case "alias":
      return <TextInput label="Id elsewhere" hint="CVE-2026-1234" value={text} onChange={setText} isMono />;
    case "reference":
      return (
        <>
          <Choice label="What it is" value={sort} onChange={setSort} options={REFERENCES} />
          <TextInput label="Address" value={text} onChange={setText} isMono />
        </>
      );
    case "credit":
      return (
        <>
          <TextInput label="Name" value={typed.name} onChange={(name) => onChange({ name })} />
          <Choice label="For what" value={sort} onChange={setSort} options={withValue(ROLES, sort)} />
          <TextArea
            label="Ways to reach them"
            hint="One a line; they are published. May be left empty"
            value={typed.contact}
            onChange={(contact) => onChange({ contact })}
            rows={2}
          />
        </>
      );
  }
}

function PackageFields({ typed, onChange, hint }: PartFieldsProps & { readonly hint: string }) {
  return (
    <div className="part-pair">
      <TextInput label="Ecosystem" hint={hint} value={typed.ecosystem} onChange={(ecosystem) => onChange({ ecosystem })} isMono />
      <TextInput label="Package" hint={hint} value={typed.name} onChange={(name) => onChange({ name })} isMono />
    </div>
  );
}

function AffectedFields({ typed, onChange }: PartFieldsProps) {
  const { stretches, kept } = typed;
  const change = (key: string, part: Partial<TypedStretch>): void =>
    onChange({ stretches: stretches.map((stretch) => (stretch.key === key ? { ...stretch, ...part } : stretch)) });
  return (
    <>
      <PackageFields typed={typed} onChange={onChange} hint="As OSV spells it" />
      {stretches.map(({ key, from, kind, to }, index) => (
        <fieldset key={key} className="part-stretch">
          <legend>Range {index + 1}</legend>
          <TextInput
            label="From version"
            hint="0 = the first there was"
            value={from}
            onChange={(value) => change(key, { from: value })}
            isMono
          />
          <Choice label="It ends" value={kind} onChange={(value) => change(key, { kind: value as TypedStretch["kind"] })} options={ENDS} />
          {kind === "none" ? null : <TextInput label="End version" value={to} onChange={(value) => change(key, { to: value })} isMono />}
          <Button look="quiet" size="row" onPress={() => onChange({ stretches: stretches.filter((stretch) => stretch.key !== key) })}>
            Take range {index + 1} out
          </Button>
        </fieldset>
      ))}
      <div className="draft-buttons">
        <Button look="quiet" onPress={() => onChange({ stretches: [...stretches, newStretch()] })}>
          Add a range
        </Button>
        {kept.ranges.length === 0 ? null : (
          <span className="note">{countText(kept.ranges.length, "range")} over commits stay as they are.</span>
        )}
      </div>
      <TextArea
        label="Single versions"
        hint="One a line, beside the ranges. May be left empty"
        value={typed.versions}
        onChange={(versions) => onChange({ versions })}
        isMono
        rows={2}
      />
    </>
  );
}

type Options = readonly { readonly value: string; readonly label: string }[];

const PATCHES: Options = [
  { value: "fixed-version", label: "a version that fixes it" },
  { value: "commit", label: "a commit" },
  { value: "diff", label: "a diff" },
  { value: "mitigation", label: "what to do until there is a fix" },
];
const ENDS: Options = [
  { value: "fixed", label: "before the version that fixes it" },
  { value: "last_affected", label: "with the last affected version" },
  { value: "limit", label: "before a limit" },
  { value: "none", label: "nowhere yet" },
];
const SCALES: Options = [
  { value: "CVSS_V3", label: "CVSS 3" },
  { value: "CVSS_V4", label: "CVSS 4" },
  { value: "CVSS_V2", label: "CVSS 2" },
  { value: "Ubuntu", label: "Ubuntu priority" },
];
const REFERENCES: Options = [
  "WEB",
  "ADVISORY",
  "FIX",
  "REPORT",
  "ARTICLE",
  "DISCUSSION",
  "EVIDENCE",
  "DETECTION",
  "INTRODUCED",
  "GIT",
  "PACKAGE",
].map((value) => ({ value, label: value.toLowerCase() }));
const ROLES: Options = [
  "FINDER",
  "REPORTER",
  "ANALYST",
  "COORDINATOR",
  "REMEDIATION_DEVELOPER",
  "REMEDIATION_REVIEWER",
  "REMEDIATION_VERIFIER",
  "TOOL",
  "SPONSOR",
  "OTHER",
].map((value) => ({ value, label: value.toLowerCase().replaceAll("_", " ") }));

/** What a document or the API has stated stays among the choices. */
function withValue(options: Options, value: string): Options {
  return options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
}
