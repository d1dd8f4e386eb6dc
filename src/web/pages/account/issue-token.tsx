import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox, CheckboxGroup, Form, Label } from "react-aria-components";
import { issueToken } from "../../../contract/endpoints/access-tokens.ts";
import { DRAFT_LEVELS, type DraftLevel, shows } from "../../../vocabulary/level.ts";
import { type Verb, VERBS } from "../../../vocabulary/organisation.ts";
import { Choice } from "../../forms/choice.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import type { Session } from "../../shell/session.ts";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import { TickBox } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { useTask } from "../../ui/use-task.ts";
import { verbWords } from "../../words/role-words.ts";
import { tokensQuery } from "./account-queries.ts";

const spans = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "365 days, the longest" },
] as const;

/** A service account of one's organisation, and what its role allows. */
export type TokenHolder = { readonly person: string; readonly name: string; readonly verbs: readonly Verb[] };

/** A form that gives a token, which is shown this once: for oneself, or for a service account. */
export function IssueToken({ session, holder }: { readonly session: Session; readonly holder?: TokenHolder }) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [isOpen, setIsOpen] = useState(holder !== undefined);
  const offered = session.verbs.filter((verb) => verb !== "token.issue" && (holder === undefined || holder.verbs.includes(verb)));
  const [name, setName] = useState("");
  const [verbs, setVerbs] = useState<readonly Verb[]>(offered.includes("scan") ? ["scan"] : []);
  const [level, setLevel] = useState<DraftLevel>(session.shows);
  const [days, setDays] = useState("30");
  const [token, setToken] = useState<string>();
  const levels = DRAFT_LEVELS.filter((each) => shows(session.shows, each));
  const issue = async (): Promise<void> => {
    await task.run(async () => {
      const body = {
        name,
        verbs: [...verbs],
        shows: level,
        days: Number(days),
        ...(holder === undefined ? {} : { member: holder.person }),
      };
      const issued = await ask(issueToken, { body });
      setToken(issued.token);
      setIsOpen(false);
      setName("");
    }, "The token is shown, this once");
    await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  return (
    <>
      {token === undefined ? null : (
        <div className="notice account-token">
          <h3>The new token, shown this once</h3>
          <div className="stack">
            <CopyableId value={token} />
            <p className="note">Only its digest is kept. Whoever loses it has another issued.</p>
          </div>
        </div>
      )}
      <div className="account-buttons">
        <Button expanded={isOpen} onPress={() => setIsOpen(!isOpen)}>
          {holder === undefined ? "Issue a token" : `Issue a token for ${holder.name}`}
        </Button>
      </div>
      {isOpen ? (
        <Form
          className="account-form"
          onSubmit={(event) => {
            event.preventDefault();
            void issue();
          }}
        >
          <TextInput label="Name" hint="What uses it, such as “nightly scan”." value={name} onChange={setName} />
          <CheckboxGroup
            className="account-verbs"
            value={[...verbs]}
            onChange={(chosen) => setVerbs(VERBS.filter((verb) => chosen.includes(verb)))}
          >
            <Label className="field-label">It may</Label>
            {offered.map((verb) => (
              <Checkbox key={verb} value={verb} className="tick">
                {({ isSelected }) => (
                  <>
                    <TickBox isSelected={isSelected} />
                    <span>
                      {verbWords(verb)} <code>{verb}</code>
                    </span>
                  </>
                )}
              </Checkbox>
            ))}
          </CheckboxGroup>
          <Choice
            label="Shown up to"
            hint="The most confidential level it is shown."
            value={level}
            onChange={(value) => setLevel(levels.find((each) => each === value) ?? session.shows)}
            options={levels.map((each) => ({ value: each, label: each }))}
          />
          <Choice label="Ends after" value={days} onChange={setDays} options={spans} />
          <RefusedWay title="No token was issued" error={task.error} />
          <div className="account-buttons">
            <Button type="submit" look="main" isDisabled={task.isBusy || name.trim() === "" || verbs.length === 0}>
              Issue the token
            </Button>
            {verbs.length === 0 ? <span className="note">It may do nothing yet.</span> : null}
          </div>
        </Form>
      ) : null}
    </>
  );
}
