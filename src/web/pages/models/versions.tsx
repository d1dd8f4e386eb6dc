import { useState } from "react";
import { addModelVersion, retireModelVersion } from "../../../contract/endpoints/models.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { addressProblem } from "../../words/model-offer.ts";
import { streamUsageText } from "../../words/model-words.ts";
import { type Model, useModelsChanged } from "./model-queries.ts";
import { StreamUsageTick } from "./stream-usage-tick.tsx";

type Version = Model["versions"][number];

/** What can be named in a request. Where each is served is told to the lab alone. */
export function Versions({ model, mayChange }: { readonly model: Model; readonly mayChange: boolean }) {
  const [isAdding, setIsAdding] = useState(false);
  const [retiring, setRetiring] = useState<Version>();
  const task = useTask();
  const changed = useModelsChanged();
  const retire = async ({ id, name }: Version): Promise<void> => {
    await task.run(() => ask(retireModelVersion, { params: { model: model.id, version: id } }), `${name} is retired`);
    await changed();
  };
  return (
    <Section
      title="Versions"
      note={model.side === "lab" ? "Testers name them. Where each is served is told to you alone." : "As they are named in requests."}
    >
      <ul className="model-versions" aria-label="Versions">
        {model.versions.map((version) => (
          <li key={version.id}>
            <div>
              <p>
                <code>{version.name}</code>{" "}
                {version.retiredAtMs === undefined ? (
                  <State kind="in-force">can be named</State>
                ) : (
                  <>
                    <State kind="refuted">retired</State> <Instant ms={version.retiredAtMs} form="distance" />
                  </>
                )}
              </p>
              {model.wire !== "openai" || version.asksStreamUsage ? null : (
                <p className="note">Usage of streams: {streamUsageText(version.asksStreamUsage)}</p>
              )}
              {version.endpoint === undefined ? null : (
                <p className="note">
                  At <code>{version.endpoint.baseUrl}</code> as <code>{version.endpoint.upstreamName}</code>
                </p>
              )}
            </div>
            {mayChange && version.retiredAtMs === undefined ? (
              <Button size="row" label={`Retire ${version.name}`} onPress={() => setRetiring(version)}>
                Retire
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {isAdding ? (
        <AddVersion model={model} onClose={() => setIsAdding(false)} />
      ) : mayChange ? (
        <div className="section-acts">
          <Button onPress={() => setIsAdding(true)}>Add a version</Button>
        </div>
      ) : null}
      {task.error === undefined ? null : <Refusal title="It was not retired" error={task.error} />}
      <Confirm
        isOpen={retiring !== undefined}
        onClose={() => setRetiring(undefined)}
        title={`Retire ${retiring?.name ?? ""}`}
        word="Retire the version"
        onConfirm={() => (retiring === undefined ? undefined : retire(retiring))}
      >
        <p>New requests that name it are refused. Those under way go on to their end. It can be added again under another name.</p>
      </Confirm>
    </Section>
  );
}

function AddVersion({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  const [name, setName] = useState("");
  const [baseUrl, setBaseUrl] = useState(model.versions.at(-1)?.endpoint?.baseUrl ?? "");
  const [upstreamName, setUpstreamName] = useState("");
  const [asksStreamUsage, setAsksStreamUsage] = useState(model.versions.at(-1)?.asksStreamUsage ?? true);
  const add = async (): Promise<void> => {
    const body = { name: name.trim(), baseUrl: baseUrl.trim(), upstreamName: upstreamName.trim(), asksStreamUsage };
    const isDone = await task.run(() => ask(addModelVersion, { params: { model: model.id }, body }), `${name.trim()} can be named`);
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title="Add a version"
      lead={<p>Whoever has a grant can name it from then on. The desk and they are told.</p>}
      word="Add the version"
      onSubmit={() => void add()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={
        name.trim() === "" || upstreamName.trim() === ""
          ? "A name and its name at your server are needed."
          : baseUrl.trim() === "" || addressProblem(baseUrl) !== undefined
            ? "The address of your server is needed."
            : undefined
      }
      error={task.error}
      refused="No version was added"
    >
      <TextInput label="Version" hint="As testers name it." value={name} onChange={setName} isMono />
      <TextInput
        label="Address of your server"
        hint="Told to nobody but you."
        value={baseUrl}
        onChange={setBaseUrl}
        error={addressProblem(baseUrl)}
        isMono
      />
      <TextInput
        label="Name of the version at your server"
        hint="Told to nobody but you."
        value={upstreamName}
        onChange={setUpstreamName}
        isMono
      />
      {model.wire === "openai" ? <StreamUsageTick isAsked={asksStreamUsage} onChange={setAsksStreamUsage} /> : null}
    </FormPanel>
  );
}
