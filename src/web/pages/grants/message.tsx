import { type ReactNode, useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import type { MessageBody } from "../../../contract/endpoints/exchanges.ts";
import { Button } from "../../ui/button.tsx";
import { State, type StateKind } from "../../ui/state.tsx";
import { usePrinting } from "../../ui/use-printing.ts";
import { countText, numberText } from "../../words/count-text.ts";
import { readBody, type ReadBody, type Said } from "../../words/exchange-reading.ts";
import { bytesText } from "../../words/exchange-words.ts";

export type MessageProps = {
  readonly label: string;
  readonly head: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: MessageBody;
  /** Its answer ends before its end, and how. */
  readonly brokenOff?: { readonly kind: StateKind; readonly word: string };
};

type Look = "read" | "lines" | "raw";

/** One side of an exchange: to read, as JSON with lines, or as its bytes were. */
export function Message({ label, head, headers, body, brokenOff }: MessageProps) {
  const read = body.text === undefined ? undefined : readBody(body.text);
  const looks = looksOf(read);
  const [chosen, setChosen] = useState<Look>();
  const look = chosen ?? looks[0]?.look ?? "raw";
  return (
    <div className={`message${brokenOff === undefined ? "" : " message-torn"}`}>
      <div className="message-head">
        <span>
          <code>{head}</code>
          <span className="second">
            {" "}
            {bytesText(body.bytes)}
            {read?.events === undefined ? "" : `, streamed in ${countText(read.events, "event")}`}
          </span>
        </span>
        {looks.length < 2 ? null : (
          <RadioGroup
            className="looks"
            aria-label={`How the ${label.toLowerCase()} is shown`}
            orientation="horizontal"
            value={look}
            onChange={(value) => setChosen(looks.find((each) => each.look === value)?.look)}
          >
            {looks.map((each) => (
              <Radio key={each.look} value={each.look} className="look">
                {each.word}
              </Radio>
            ))}
          </RadioGroup>
        )}
      </div>
      <Body key={look} label={label} look={look} read={read} body={body} />
      {brokenOff === undefined ? null : (
        <p className="message-tear">
          <State kind={brokenOff.kind}>{brokenOff.word}</State> The answer breaks off here.
        </p>
      )}
      {body.isCutOff ? <p className="message-note note">Only its beginning is shown here; the export has all of it.</p> : null}
      <details className="message-headers">
        <summary>{countText(headers.length, "header")}, without any that carries a credential</summary>
        <dl>
          {placed(headers).map(([at, [name, value]]) => (
            <div key={at}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}

function looksOf(read: ReadBody | undefined): readonly { readonly look: Look; readonly word: string }[] {
  return [
    ...(read?.said === undefined ? [] : [{ look: "read", word: "To read" } as const]),
    ...(read?.pretty === undefined ? [] : [{ look: "lines", word: "JSON" } as const]),
    { look: "raw", word: "Raw" },
  ];
}

type BodyProps = { readonly label: string; readonly look: Look; readonly read: ReadBody | undefined; readonly body: MessageBody };

function Body({ label, look, read, body }: BodyProps) {
  if (body.bytes === 0) return <p className="message-body second">Without a body.</p>;
  if (look === "read" && read?.said !== undefined) return <Conversation label={label} said={read.said} />;
  if (look === "lines" && read?.pretty !== undefined) return <LongText label={`${label}, as JSON`} text={read.pretty} />;
  if (body.text !== undefined) return <LongText label={`${label}, raw`} text={body.text} />;
  return (
    <>
      <p className="message-note note">Its bytes are no text in UTF-8. In base64:</p>
      <LongText label={`${label}, in base64`} text={body.base64 ?? ""} />
    </>
  );
}

function Conversation({ label, said }: { readonly label: string; readonly said: readonly Said[] }) {
  return (
    <ol className="said" aria-label={`${label}, to read`}>
      {placed(said).map(([at, each]) => (
        <li key={at} className={`said-one said-${each.what.replaceAll(" ", "-")}`}>
          <p className="said-who">
            {each.who}
            {each.what === "text" ? null : (
              <span className="said-what">
                {each.what}
                {each.name === undefined ? null : (
                  <>
                    {" "}
                    <code>{each.name}</code>
                  </>
                )}
              </span>
            )}
          </p>
          <SaidText said={each} />
        </li>
      ))}
    </ol>
  );
}

/** Characters of one text that are shown at first. */
const AT_FIRST = 2400;

function SaidText({ said: { what, text } }: { readonly said: Said }) {
  const isCode = what === "tool call" || what === "something else";
  return (
    <Shortened text={text}>
      {(shown) => (isCode ? <pre className="said-text">{shown}</pre> : <p className="said-text">{shown}</p>)}
    </Shortened>
  );
}

function LongText({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <Shortened text={text}>
      {(shown) => (
        <section aria-label={label}>
          <pre className="message-text">{shown}</pre>
        </section>
      )}
    </Shortened>
  );
}

function Shortened({ text, children }: { readonly text: string; readonly children: (shown: string) => ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const isPrinting = usePrinting();
  if (text.length <= AT_FIRST) return children(text);
  return (
    <>
      {children(isOpen || isPrinting ? text : text.slice(0, AT_FIRST).toWellFormed())}
      <div className="message-more">
        <Button look="quiet" size="row" expanded={isOpen} onPress={() => setIsOpen(!isOpen)}>
          {isOpen ? "Show less" : `Show all ${numberText(text.length)} characters`}
        </Button>
      </div>
    </>
  );
}

/** Each with its place: the same may come twice, and what was recorded keeps its order. */
function placed<Item>(items: readonly Item[]): readonly (readonly [at: number, item: Item])[] {
  return [...items.entries()];
}
