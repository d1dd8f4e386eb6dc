import { useQuery } from "@tanstack/react-query";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { termsFacts } from "../../words/terms-words.ts";
import { type Model, modelTermsQuery } from "./model-queries.ts";
import "./terms.css";

/** Every version but the one that holds, word for word. */
export function EarlierTerms({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const found = useQuery(modelTermsQuery(model.id, model.termsVersion));
  if (found.data === undefined) {
    return found.isError ? (
      <Refusal title="The versions could not be read" error={found.error} onRetry={() => void found.refetch()} />
    ) : (
      <Skeleton rows={3} what="the versions" />
    );
  }
  const earlier = found.data.rows.filter(({ version }) => version < model.termsVersion);
  return (
    <div className="earlier-terms">
      {earlier.map(({ version, terms, statedAtMs, by }) => (
        <section key={version} aria-label={`Version ${version} of the terms`}>
          <h3>
            Version {version}, <Instant ms={statedAtMs} form="weekday" />
            {by === undefined ? "" : `, by ${by}`}
          </h3>
          <dl className="terms">
            {termsFacts(terms).map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <Button look="quiet" onPress={onClose}>
        Hide earlier versions
      </Button>
    </div>
  );
}
