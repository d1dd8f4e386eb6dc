import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ModelWire } from "../../../vocabulary/exchange.ts";
import { statusQuery } from "../../queries.ts";
import { Command } from "../../ui/command.tsx";
import { Instant } from "../../ui/instant.tsx";
import { CannotSay, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { isUsable, toolSettings } from "../../words/grant-words.ts";
import type { Model } from "../models/model-queries.ts";
import { type Grant, modelTokensQuery } from "./grant-queries.ts";

/** The two lines that are set in one's own tool, and what it may ask for. */
export function ConnectTool({ grant, model }: { readonly grant: Grant; readonly model: Model }) {
  const found = useQuery(modelTokensQuery(grant.id));
  const names = model.versions.filter(({ retiredAtMs }) => retiredAtMs === undefined).map(({ name }) => name);
  return (
    <Section title="Your tool" note="Two settings, and nothing else of it is changed.">
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="Where tools point at could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={2} what="where tools point at" />
        )
      ) : (
        <div className="connect">
          {found.data.gatewayUrl === undefined ? (
            <CannotSay title="Cannot say where its gateway is">
              <p>
                {model.custody === "premises"
                  ? `${model.lab.name ?? "The lab"} runs the gateway on its own premises and states its address to you. Its contacts stand in the terms below.`
                  : "Whoever runs this server has not said. With its gateway on, and GATEWAY_URL set, the address stands here."}
              </p>
            </CannotSay>
          ) : (
            <Settings wire={grant.model.wire} gatewayUrl={found.data.gatewayUrl} />
          )}
          {model.custody === "premises" ? null : <GatewayStanding />}
          <p className="second">
            A token from below takes the place of <code>slm_…</code>. Ask for the model as {orText(names)}. A header{" "}
            <code className="whole">x-sluice-session</code> names a session; without one, the calls of a token are a session a day.
          </p>
          {isUsable(grant) ? null : <p className="second">Nothing gets through now: the window is not open to you.</p>}
        </div>
      )}
    </Section>
  );
}

function Settings({ wire, gatewayUrl }: { readonly wire: ModelWire; readonly gatewayUrl: string }) {
  const [baseUrl, key] = toolSettings(wire, gatewayUrl, "slm_…");
  return (
    <>
      <Command text={baseUrl} />
      <p className="command">
        <code className="command-text">
          <span className="command-prompt" aria-hidden="true">
            ${" "}
          </span>
          {key}
        </code>
      </p>
    </>
  );
}

/** Of the gateway beside the server, as of a minute ago at most. */
function GatewayStanding() {
  const { data } = useQuery(statusQuery);
  if (data === undefined) return null;
  const { connected, sinceMs, lastSeenMs } = data.gateway;
  if (connected) {
    return (
      <p className="second">
        The gateway is connected
        {sinceMs === undefined ? null : (
          <>
            {" "}
            since <Instant ms={sinceMs} form="moment" />
          </>
        )}
        .
      </p>
    );
  }
  return (
    <p className="second">
      <State kind="cannot-say">The gateway is not connected</State>: nothing gets through.
      {lastSeenMs === undefined ? null : (
        <>
          {" "}
          It was last heard of <Instant ms={lastSeenMs} />.
        </>
      )}
    </p>
  );
}

function orText(names: readonly string[]): ReactNode {
  if (names.length === 0) return "the lab names it; it has named no version yet";
  return names.map((name, index) => (
    <span key={name}>
      {index === 0 ? "" : index === names.length - 1 ? " or " : ", "}
      <code>{name}</code>
    </span>
  ));
}
