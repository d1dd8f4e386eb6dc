import { useQuery } from "@tanstack/react-query";
import { Command } from "../../ui/command.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { advisoryKeysQuery } from "./ledger-queries.ts";

/** Which keys sign what is published here, and how a stranger checks a record with one. */
export function AdvisoryKeys() {
  const { data, error, refetch } = useQuery(advisoryKeysQuery);
  if (data === undefined) {
    return error === null ? (
      <Skeleton rows={2} what="the keys" />
    ) : (
      <Refusal title="The keys could not be read" error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="stack">
      <p>
        Every record that is published here has a signature over its bytes, <code>/api/advisories/ID/signature</code>. Take the key from
        somewhere else than this page to know whose record it is.
      </p>
      <Command text="openssl pkeyutl -verify -pubin -inkey advisory-key.pem -rawin -in record.json -sigfile record.sig" />
      <dl className="ledger-names">
        {data.rows.map(({ id, pem, retiredMs, isCurrent }) => (
          <div key={id}>
            <dt>
              {isCurrent ? "Signs now" : retiredMs === undefined ? "Signs too" : "Retired"}: <a href={`/api/advisory-keys/${id}`}>{id}</a>
            </dt>
            <dd>
              <CopyableId value={pem.split("\n")[1] ?? pem} />
              {retiredMs === undefined ? null : (
                <span className="note">
                  {" "}
                  retired <Instant ms={retiredMs} form="day" />
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
