import { useQuery } from "@tanstack/react-query";
import { type CertificateAnswer, markRevokedUpstream } from "../../../contract/endpoints/model-history.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { destroyedAtText, destroyedKeyText, notStatedText, placeShown, placeText } from "../../words/key-place-words.ts";
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
    <Section
      title="Certificates of destruction"
      note="Each is a statement in the ledger, made when the key was gone, and is of one key at one place."
    >
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="The certificates could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={1} what="the certificates" rowHeight={54} />
        )
      ) : found.data.rows.length === 0 ? (
        <p className="second">
          None yet.{" "}
          {model.custody === "here"
            ? "When a window ends its key is destroyed, and what was destroyed, where and when stands here."
            : "When a window ends each of the lab’s own gateways destroys the key that it has. What one of them stated stands here, and of which nobody has heard it."}
        </p>
      ) : (
        <ul className="certificates" aria-label="Certificates of destruction">
          {found.data.rows.map((certificate) => (
            <li key={certificate.id} className="certificate">
              <div>
                <p>
                  <strong>{destroyedKeyText(certificate)}</strong>, {windowName(model, certificate.window)}: {hereText(certificate)}{" "}
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
                    {certificate.gateway === undefined ? " at this server" : ` at the gateway ${ownPlace(certificate)}`}
                  </dd>
                  <KeyPlaces places={certificate.places} />
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

/** Of a key at gateways of the lab's own: each that may have had one, so that one certificate is not taken for all of them. */
function KeyPlaces({ places }: Pick<CertificateAnswer, "places">) {
  if (places === undefined) return null;
  const missing = notStatedText(places);
  return (
    <>
      <dt>At gateways</dt>
      <dd>
        <ul>
          {places.map((place) => {
            const { kind, word } = placeShown(place);
            return (
              <li key={place.gateway}>
                {placeText(place)} <State kind={kind}>{word}</State>
                {place.destroyedAtMs === undefined ? null : (
                  <>
                    , <Instant ms={place.destroyedAtMs} form="distance" />
                  </>
                )}
              </li>
            );
          })}
        </ul>
        {missing === undefined ? null : <p>{missing}</p>}
      </dd>
    </>
  );
}

/** What the certificate says, with what it does not. */
function hereText({ places }: CertificateAnswer): string {
  return places === undefined || places.length === 1 ? "destroyed" : `${destroyedAtText(places)}, at this one`;
}

function ownPlace({ gateway = "", places = [] }: CertificateAnswer): string {
  return placeText(places.find((place) => place.gateway === gateway) ?? { gateway });
}

function windowName({ windows }: Model, id: string): string {
  return windows.find((window) => window.id === id)?.name ?? "an earlier window";
}

function shortText(id: string): string {
  return id.length <= 28 ? id : `${id.slice(0, 26)}…`;
}
