import { Choice } from "../../forms/choice.tsx";
import { LongTextInput } from "../../forms/long-text-input.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { Tick } from "../../forms/tick.tsx";
import { countText, listText } from "../../words/count-text.ts";
import { addressProblem, type Offer, purposesOf, readDays } from "../../words/model-offer.ts";
import { custodyText, streamUsageText, wireText } from "../../words/model-words.ts";
import { amountProblem } from "../../words/typed-amount.ts";
import { hourProblem } from "../../words/typed-hour.ts";
import { kindWord } from "../../words/role-words.ts";
import type { Desk } from "./model-queries.ts";
import { StreamUsageTick } from "./stream-usage-tick.tsx";

type Fields = {
  readonly offer: Offer;
  readonly desks: readonly Desk[];
  readonly onChange: (part: Partial<Offer>) => void;
};

/** The fields of one step. */
export function StepFields({ step, ...fields }: Fields & { readonly step: number }) {
  switch (step) {
    case 0:
      return <ModelFields {...fields} />;
    case 1:
      return <ReleaseFields {...fields} />;
    case 2:
      return <TermFields {...fields} />;
    default:
      return <SeeingFields {...fields} />;
  }
}

function ModelFields({ offer, desks, onChange }: Fields) {
  return (
    <>
      <TextInput label="Name" hint="As those who use it read it." value={offer.name} onChange={(name) => onChange({ name })} />
      <Choice
        label="Desk"
        hint="Who tests it, and chooses partners with you."
        value={offer.desk}
        onChange={(desk) => onChange({ desk })}
        options={[
          { value: "", label: "Choose one" },
          ...desks.map(({ id, name, kind }) => ({ value: id, label: `${name} (${kindWord(kind).toLowerCase()})` })),
        ]}
      />
      <Choice
        label="Wire"
        hint="What your server speaks. Testers keep their own tools for it."
        value={offer.wire}
        onChange={(wire) => onChange({ wire: wire === "anthropic" ? "anthropic" : "openai" })}
        options={[
          { value: "openai", label: "OpenAI: chat completions, responses" },
          { value: "anthropic", label: "Anthropic: messages" },
        ]}
      />
      <TextInput
        label="Version"
        hint="As testers name it. Versions can be added later."
        value={offer.version}
        onChange={(version) => onChange({ version })}
        isMono
      />
      <TextInput
        label="Address of your server"
        hint="Up to what the wire adds, such as https://models.lab.example/v1. Told to nobody but you."
        value={offer.baseUrl}
        onChange={(baseUrl) => onChange({ baseUrl })}
        error={addressProblem(offer.baseUrl)}
        isMono
      />
      <TextInput
        label="Name of the version at your server"
        hint="Told to nobody but you."
        value={offer.upstreamName}
        onChange={(upstreamName) => onChange({ upstreamName })}
        isMono
      />
      {offer.wire === "openai" ? (
        <StreamUsageTick isAsked={offer.asksStreamUsage} onChange={(asksStreamUsage) => onChange({ asksStreamUsage })} />
      ) : null}
      <Choice
        label="Where its key is kept"
        hint="In either case no page, log, export or backup returns it."
        value={offer.custody}
        onChange={(custody) => onChange({ custody: custody === "premises" ? "premises" : "here" })}
        options={[
          { value: "here", label: "Sealed at this installation, destroyed with its window" },
          { value: "premises", label: "With you: a gateway on your own premises has it" },
        ]}
      />
    </>
  );
}

function ReleaseFields({ offer, onChange }: Fields) {
  return (
    <>
      <p className="second">
        A testing window lies within 30 days before your planned release to other trusted partners (Executive Order 14409), opens and closes
        by itself within that, and moves when you move the release. It commits you to no release.
      </p>
      <TextInput
        label="Planned release to other trusted partners"
        hint="Such as 2026-12-09 09:00"
        value={offer.partnerRelease}
        onChange={(partnerRelease) => onChange({ partnerRelease })}
        error={hourProblem(offer.partnerRelease)}
        isMono
      />
      <TextInput
        label="Planned public release"
        hint="Nothing = not planned yet. Partner stages close then at the latest."
        value={offer.publicRelease}
        onChange={(publicRelease) => onChange({ publicRelease })}
        error={hourProblem(offer.publicRelease)}
        isMono
      />
      <TextInput
        label="Time zone of these hours"
        hint="As the IANA names it: Europe/Berlin"
        value={offer.zone}
        onChange={(zone) => onChange({ zone })}
      />
    </>
  );
}

function TermFields({ offer, onChange }: Fields) {
  return (
    <>
      <LongTextInput
        label="Purposes"
        hint="What it may be used for, one a line. Each grant and each token names some of these."
        value={offer.purposes}
        onChange={(purposes) => onChange({ purposes })}
        rows={4}
      />
      <TextInput
        label="Days that recorded exchanges are kept after closing"
        hint="Then the key that opens them is destroyed, with a certificate in the ledger. 0 = with the window."
        value={offer.retentionDays}
        onChange={(retentionDays) => onChange({ retentionDays })}
        error={readDays(offer.retentionDays) === undefined ? "Expected a whole number from 0 to 3,650." : undefined}
      />
      <Tick
        isSelected={offer.hasProbes}
        onChange={(hasProbes) => onChange({ hasProbes })}
        hint="Fixed questions at opening, daily and after a break, at your cost. Without them nobody can say that the model stayed the same."
      >
        Identity probes
      </Tick>
      {offer.hasProbes ? (
        <div className="form-pair">
          <TextInput
            label="Probe calls a day at most"
            hint="122 cover the opening in one day, 48 every day after. Fewer spread the opening over days."
            value={offer.probeCalls}
            onChange={(probeCalls) => onChange({ probeCalls })}
            error={amountProblem(offer.probeCalls)}
          />
          <TextInput
            label="Probe tokens a day at most"
            hint="About 20,440 for the opening, 8,020 a day after. More for models that think before they answer."
            value={offer.probeTokens}
            onChange={(probeTokens) => onChange({ probeTokens })}
            error={amountProblem(offer.probeTokens)}
          />
        </div>
      ) : null}
    </>
  );
}

function SeeingFields({ offer, onChange }: Fields) {
  return (
    <>
      <LongTextInput
        label="Who may see which results and transcripts"
        hint="Your own endpoint receives every prompt, whatever stands here."
        value={offer.whoMaySee}
        onChange={(whoMaySee) => onChange({ whoMaySee })}
        rows={3}
      />
      <LongTextInput
        label="What users destroy when a window has ended"
        value={offer.destruction}
        onChange={(destruction) => onChange({ destruction })}
        rows={2}
      />
      <LongTextInput
        label="Confidentiality"
        value={offer.confidentiality}
        onChange={(confidentiality) => onChange({ confidentiality })}
        rows={2}
      />
      <div className="form-pair">
        <TextInput
          label="Contact"
          hint="A person or a team of yours."
          value={offer.contactName}
          onChange={(contactName) => onChange({ contactName })}
        />
        <TextInput
          label="How to reach it"
          hint="An address or a number, for those who use it."
          value={offer.contactReach}
          onChange={(contactReach) => onChange({ contactReach })}
        />
      </div>
    </>
  );
}

/** Everything once more, before it is sent. */
export function OfferSummary({ offer, desks }: { readonly offer: Offer; readonly desks: readonly Desk[] }) {
  const facts: readonly (readonly [label: string, value: string])[] = [
    ["Model", `${offer.name.trim()}, version ${offer.version.trim()}, ${wireText(offer.wire)}`],
    ["To", desks.find(({ id }) => id === offer.desk)?.name ?? "the desk"],
    ["Server", `${offer.baseUrl.trim()} as ${offer.upstreamName.trim()}`],
    ...(offer.wire === "openai" ? [["Usage of streams", streamUsageText(offer.asksStreamUsage)] as const] : []),
    ["Key", custodyText(offer.custody)],
    ["Partner release", `${offer.partnerRelease.trim()} ${offer.zone.trim()}`],
    ["Public release", offer.publicRelease.trim() === "" ? "not planned yet" : `${offer.publicRelease.trim()} ${offer.zone.trim()}`],
    ["Purposes", listText(purposesOf(offer))],
    ["Kept for", `${countText(readDays(offer.retentionDays) ?? 0, "day")} after closing`],
    ["Probes", offer.hasProbes ? `${offer.probeCalls} calls and ${offer.probeTokens} tokens a day at most, at your cost` : "none"],
    ["Who sees what", offer.whoMaySee],
    ["Users destroy", offer.destruction],
    ["Confidentiality", offer.confidentiality],
    ["Contact", `${offer.contactName.trim()} (${offer.contactReach.trim()})`],
  ];
  return (
    <>
      <p className="second">
        The desk is told of the offer. Nothing can be reached: you then add a window and give its key. You can end or withdraw at any
        moment, without a reason.
      </p>
      <dl className="terms">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
