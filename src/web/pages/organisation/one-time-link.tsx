import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import "./organisation.css";

export type IssuedLink = { readonly link: string; readonly expiresAtMs: number };

/** A link that was just made: it is in this answer and nowhere else. */
export function OneTimeLink({
  title,
  issued,
  onKept,
}: {
  readonly title: string;
  readonly issued: IssuedLink;
  readonly onKept: () => void;
}) {
  return (
    <section className="notice one-time-link" aria-label={title}>
      <h3>{title}</h3>
      <p className="second">
        Hand it over yourself, by a way you trust. It works once, and no longer than <Instant ms={issued.expiresAtMs} />. It is not shown
        again.
      </p>
      <p className="one-time-link-text">
        <CopyableId value={issued.link} />
      </p>
      <Button onPress={onKept}>It is handed over</Button>
    </section>
  );
}
