import { type ReactNode, useState } from "react";
import { useNow } from "../../shell/now.tsx";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";
import { momentText, readerZone, weekdayText } from "../../words/instant-text.ts";
import { custodyText } from "../../words/model-words.ts";
import { termsFacts } from "../../words/terms-words.ts";
import { ChangeTerms } from "./change-terms.tsx";
import { EarlierTerms } from "./earlier-terms.tsx";
import type { Model } from "./model-queries.ts";
import { MoveRelease } from "./move-release.tsx";
import "./models.css";

type Doing = "terms" | "release" | "earlier";

/** What the lab stated, word for word where it was words: what holds now, and the versions before it. */
export function Terms({ model, mayChange, mayMove }: { readonly model: Model; readonly mayChange: boolean; readonly mayMove: boolean }) {
  const [doing, setDoing] = useState<Doing>();
  const nowMs = useNow();
  const zone = readerZone();
  const { terms, termsVersion, side, partnerRelease, publicRelease } = model;
  const isLab = side === "lab";
  const facts: readonly (readonly [label: string, value: ReactNode])[] = [
    ...termsFacts(terms),
    [
      "Planned releases",
      <>
        to other trusted partners {momentText(partnerRelease.instantMs, nowMs, zone)}
        {publicRelease === undefined ? "; public: no hour stated" : `; public ${momentText(publicRelease.instantMs, nowMs, zone)}`}
        {terms.partnersEndAtPublicRelease ? ". Partner stages close at the public release at the latest" : ""}
      </>,
    ],
    ["Custody", custodyText(model.custody)],
  ];
  const stated = termsVersion === 1 ? `Stated ${weekdayText(model.enrolledAtMs, zone, false)}` : `Version ${termsVersion}`;
  return (
    <Section
      title={isLab ? "Your terms" : "The lab’s terms"}
      note={`${stated}. Only ${isLab ? "you change" : "the lab changes"} them, for what is granted from then on.`}
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
      {doing === undefined && (mayChange || mayMove || termsVersion > 1) ? (
        <div className="section-acts">
          {mayChange ? <Button onPress={() => setDoing("terms")}>Change the terms</Button> : null}
          {mayMove ? <Button onPress={() => setDoing("release")}>Change the date of the release</Button> : null}
          {termsVersion > 1 ? (
            <Button look="quiet" onPress={() => setDoing("earlier")}>
              Earlier versions
            </Button>
          ) : null}
        </div>
      ) : null}
      {doing === "terms" ? <ChangeTerms model={model} onClose={() => setDoing(undefined)} /> : null}
      {doing === "release" ? <MoveRelease model={model} onClose={() => setDoing(undefined)} /> : null}
      {doing === "earlier" ? <EarlierTerms model={model} onClose={() => setDoing(undefined)} /> : null}
    </Section>
  );
}
