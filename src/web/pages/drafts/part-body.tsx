import { Link } from "react-router";
import type {
  AffectedBody,
  CreditBody,
  NoticeBody,
  PartKind,
  PatchBody,
  SeverityBody,
  TextBody,
} from "../../../vocabulary/draft-advisory.ts";
import type { AdvisoryReference } from "../../../vocabulary/advisory.ts";
import { PackageName } from "../../ui/package-name.tsx";
import { Unfold } from "../../ui/unfold.tsx";
import { intervalTexts } from "../../words/draft-words.ts";

/** What a part says, by its kind. Texts of people are shown as text, never as markup. */
export function PartBodyView({ kind, body }: { readonly kind: PartKind; readonly body: unknown }) {
  switch (kind) {
    case "notice":
      return (
        <ul className="part-packages">
          {(body as NoticeBody).packages.map(({ ecosystem, name }) => (
            <li key={`${ecosystem} ${name}`}>
              <span className="second">{ecosystem}</span> <PackageName name={name} />
            </li>
          ))}
        </ul>
      );
    case "affected":
      return <Affected body={body as AffectedBody} />;
    case "patch":
      return <Patch body={body as PatchBody} />;
    case "severity":
      return (
        <p>
          {(body as SeverityBody).type.replace("_V", " ")} <code>{(body as SeverityBody).vector}</code>
        </p>
      );
    case "reference":
      return (
        <p className="outside-link">
          <span className="second">{(body as AdvisoryReference).type.toLowerCase()}</span>{" "}
          <a href={(body as AdvisoryReference).url} rel="noreferrer">
            {(body as AdvisoryReference).url}
          </a>
        </p>
      );
    case "credit":
      return <Credit body={body as CreditBody} />;
    case "weakness":
      return <code>{(body as TextBody).text}</code>;
    case "alias":
      return (
        <Link to={`/vulnerabilities/${encodeURIComponent((body as TextBody).text)}`}>
          <code>{(body as TextBody).text}</code>
        </Link>
      );
    case "summary":
    case "details":
    case "build":
    case "research":
      return <p className="part-text">{(body as TextBody).text}</p>;
  }
}

function Affected({ body }: { readonly body: AffectedBody }) {
  const texts = intervalTexts(body);
  const repositories = body.ranges.flatMap(({ repository }) => repository ?? []);
  return (
    <>
      <p>
        {body.package === undefined ? (
          <code>{repositories.join(", ")}</code>
        ) : (
          <>
            <span className="second">{body.package.ecosystem}</span> <PackageName name={body.package.name} />
          </>
        )}
      </p>
      {texts.length === 0 ? (
        <p className="note">No version is named: scans match none.</p>
      ) : (
        <p className="part-ranges">
          <Unfold items={texts} atFirst={8}>
            {(shown) => shown.map((text) => <code key={text}>{text}</code>)}
          </Unfold>
        </p>
      )}
    </>
  );
}

const PATCH_WORDS: Readonly<Record<PatchBody["kind"], string>> = {
  "fixed-version": "Fixed in",
  commit: "Commit",
  diff: "Diff",
  mitigation: "Until there is a fix",
};

function Patch({ body: { kind, ecosystem, name, text } }: { readonly body: PatchBody }) {
  const of = name === undefined ? undefined : [ecosystem, name].filter((part) => part !== undefined).join(" ");
  return (
    <>
      <p className="second">
        {PATCH_WORDS[kind]}
        {of === undefined ? null : ` · ${of}`}
      </p>
      {kind === "diff" ? <Diff text={text} /> : kind === "mitigation" ? <p className="part-text">{text}</p> : <code>{text}</code>}
    </>
  );
}

function Diff({ text }: { readonly text: string }) {
  return (
    <pre className="part-diff">
      {linesOf(text).map(({ at, line }) => (
        <span key={at} className={line.startsWith("+") ? "part-diff-add" : line.startsWith("-") ? "part-diff-del" : ""}>
          {`${line}\n`}
        </span>
      ))}
    </pre>
  );
}

/** Lines with the place at which each begins. */
function linesOf(text: string): readonly { readonly at: number; readonly line: string }[] {
  return [...text.matchAll(/^.*$/gm)].map(({ 0: line, index }) => ({ at: index, line }));
}

function Credit({ body: { name, role, contact } }: { readonly body: CreditBody }) {
  return (
    <p>
      {name} <span className="second">{role.toLowerCase().replaceAll("_", " ")}</span>
      {contact.length === 0 ? null : <span className="note"> · {contact.join(", ")}</span>}
    </p>
  );
}
