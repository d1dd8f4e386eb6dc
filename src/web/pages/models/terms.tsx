import { type ReactNode, useState } from "react";
import { useNow } from "../../shell/now.tsx";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";
import { listText, countText } from "../../words/count-text.ts";
import { momentText, readerZone, weekdayText } from "../../words/instant-text.ts";
import { amountText, custodyText } from "../../words/model-words.ts";
import type { Model } from "./model-queries.ts";
import { MoveRelease } from "./move-release.tsx";
import "./models.css";

/** What the lab stated when it offered the model, word for word where it was words. */
export function Terms({ model, mayMove }: { readonly model: Model; readonly mayMove: boolean }) {
  const [isMoving, setIsMoving] = useState(false);
  const nowMs = useNow();
  const zone = readerZone();
  const { terms, side, partnerRelease, publicRelease } = model;
  const isLab = side === "lab";
  const facts: readonly (readonly [label: string, value: ReactNode])[] = [
    ["Purposes", listText(terms.purposes)],
    [
      "Kept for",
      terms.retentionDays === 0
        ? "not after closing: the key of recorded exchanges is destroyed with the window, with a certificate in the ledger"
        : `${countText(terms.retentionDays, "day")} after closing, then the key of recorded exchanges is destroyed, with a certificate in the ledger`,
    ],
    ["Users destroy", terms.destruction],
    ["Confidentiality", terms.confidentiality],
    ["Who sees what", terms.whoMaySee],
    [
      "Probes",
      terms.probes === undefined
        ? "none agreed"
        : `${countText(terms.probes.callsPerDay, "call")} and ${amountText(terms.probes.tokensPerDay)} tokens a day at most, at the lab’s cost`,
    ],
    [
      "Planned releases",
      <>
        to other trusted partners {momentText(partnerRelease.instantMs, nowMs, zone)}
        {publicRelease === undefined ? "; public: no hour stated" : `; public ${momentText(publicRelease.instantMs, nowMs, zone)}`}
        {terms.partnersEndAtPublicRelease ? ". Partner stages close at the public release at the latest" : ""}
      </>,
    ],
    ["Custody", custodyText(model.custody)],
    ...(terms.passLabHeaders ? [["Headers", "the lab’s request ids and organisation headers reach whoever asks"] as const] : []),
    ["Contacts", terms.contacts.map(({ name, reach, role }) => `${name}${role === "" ? "" : `, ${role}`} (${reach})`).join("; ")],
  ];
  return (
    <Section
      title={isLab ? "Your terms" : "The lab’s terms"}
      note={`Stated ${weekdayText(model.enrolledAtMs, zone, false)}. Only ${isLab ? "you change" : "the lab changes"} them, by a new offer.`}
    >
      <dl className="terms">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="note terms-endpoint">
        {isLab ? "Your own endpoint receives every prompt" : "The lab’s own endpoint receives every prompt"}: Sluice keeps texts from the
        lab’s pages here, it cannot keep them from the lab’s server.
      </p>
      {mayMove && !isMoving ? (
        <div className="section-acts">
          <Button onPress={() => setIsMoving(true)}>Change the date of the release</Button>
        </div>
      ) : null}
      {isMoving ? <MoveRelease model={model} onClose={() => setIsMoving(false)} /> : null}
    </Section>
  );
}
