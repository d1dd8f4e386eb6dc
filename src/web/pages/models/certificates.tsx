import { useQuery } from "@tanstack/react-query";
import { markRevokedUpstream } from "../../../contract/endpoints/model-history.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { destroyedKeyText } from "../../words/model-words.ts";
import { certificatesQuery, type Model, useModelsChanged } from "./model-queries.ts";

/** Which keys were destroyed, where and when, and what that cannot reach. */
export function Certificates({ model, mayMark }: { readonly model: Model; readonly mayMark: boolean }) {
  const found = useQuery(certificatesQuery(model.id));
  const task = useTask();
  const changed = useModelsChanged();
  const mark = async (certificate: string): Promise<void> => {
    await task.run(() => ask(markRevokedUpstream, { params: { certificate } }), "It is stated: revoked at your own side too");
    await changed();
  };
  return (
    <Section title="Certificates of destruction" note="Each is a statement in the ledger, made when the key was gone.">
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="The certificates could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={1} what="the certificates" rowHeight={54} />
        )
      ) : found.data.rows.length === 0 ? (
        <p className="second">None yet. When a window ends its key is destroyed, and what was destroyed, where and when stands here.</p>
      ) : (
        <ul className="certificates" aria-label="Certificates of destruction">
          {found.data.rows.map((certificate) => (
            <li key={certificate.id} className="certificate">
              <div>
                <p>
                  <strong>{destroyedKeyText(certificate)}</strong>, {windowName(model, certificate.window)}: destroyed{" "}
                  <Instant ms={certificate.destroyedAtMs} />
                </p>
                <dl className="certificate-facts">
                  <dt>Key</dt>
                  <dd>
                    <CopyableId value={certificate.keyId} shown={shortText(certificate.keyId)} />
                  </dd>
                  <dt>File</dt>
                  <dd>
                    <code>{certificate.file}</code>
                    {certificate.gateway === undefined ? " at this server" : ` at the gateway ${certificate.gateway}`}
                  </dd>
                  <dt>Cannot reach</dt>
                  <dd>
                    <ul>
                      {certificate.cannotReach.map((words) => (
                        <li key={words}>{words}</li>
                      ))}
                    </ul>
                  </dd>
                </dl>
              </div>
              {certificate.revokeUpstream === undefined ? null : (
                <div className="certificate-upstream">
                  {certificate.revokeUpstream === "done" ? (
                    <p>
                      <State kind="passed">revoked upstream</State>{" "}
                      {certificate.revokedUpstreamAtMs === undefined ? null : (
                        <Instant ms={certificate.revokedUpstreamAtMs} form="distance" />
                      )}
                    </p>
                  ) : (
                    <>
                      <p>
                        <State kind="due">asked to revoke upstream</State>
                      </p>
                      {mayMark ? (
                        <Button
                          size="row"
                          label={`It is revoked there: the credential of ${windowName(model, certificate.window)}`}
                          isDisabled={task.isBusy}
                          onPress={() => void mark(certificate.id)}
                        >
                          It is revoked there
                        </Button>
                      ) : null}
                    </>
                  )}
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {task.error === undefined ? null : <Refusal title="It was not stated" error={task.error} />}
    </Section>
  );
}

function windowName({ windows }: Model, id: string): string {
  return windows.find((window) => window.id === id)?.name ?? "an earlier window";
}

function shortText(id: string): string {
  return id.length <= 28 ? id : `${id.slice(0, 26)}…`;
}
