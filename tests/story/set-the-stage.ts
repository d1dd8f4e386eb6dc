import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Client, createClient, type Transport } from "../../src/contract/client.ts";
import { acceptInvitation, createCircle, inviteToCircle, listReceivedInvitations } from "../../src/contract/endpoints/circles.ts";
import { readSync, startSync } from "../../src/contract/endpoints/feeds.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { askPasskeyByLink, enrolByLink, inviteMember, issueAdministratorLink } from "../../src/contract/endpoints/one-time-links.ts";
import { issueToken } from "../../src/contract/endpoints/access-tokens.ts";
import { type MemberRole, verbsOf } from "../../src/vocabulary/organisation.ts";
import { bucketObjects } from "../feed-server/bucket-objects.ts";
import { softAuthenticator } from "../support/soft-authenticator.ts";
import { CAST, CIRCLES, CIRCLE_TERMS, ORGANISATIONS, type Circle, type Organisation } from "./cast.ts";
import type { Draft } from "./drafts.ts";
import type { Oracle } from "./oracle.ts";
import { msOf } from "./story-hour.ts";
import type { StoryServer } from "./story-server.ts";

/** Everybody with a token in the hand, and what the server calls the things of the story. */
export type Stage = {
  readonly server: StoryServer;
  readonly idOf: (organisation: Organisation) => string;
  /** An administrator of the organisation, by a token. */
  readonly as: (organisation: Organisation) => Client;
  readonly stranger: Client;
  /** An editor of Quill's, who is dismissed in the story. */
  readonly editor: { readonly person: string; readonly client: Client };
  readonly circleId: (circle: Circle) => string;
  readonly drafts: Map<Draft, WrittenDraft>;
};

/** `stages`: the story's key of each stage, by the id that the server gave it. */
export type WrittenDraft = { readonly id: string; readonly advisory: string; readonly stages: Map<string, string> };

type Person = { readonly person: string; readonly organisation: string; readonly token: string };

/** Signs everybody in by passkey, gives out tokens, and makes the circles; what this makes true is told to the oracle. */
export async function setTheStage(server: StoryServer, oracle: Oracle): Promise<Stage> {
  await takePublicRecord(server);
  const people = await enrolEverybody(server);
  const person = (organisation: Organisation): Person => known(people.get(organisation), organisation);
  const clients = new Map(ORGANISATIONS.map((one) => [one, createClient(server.as(bearer(person(one).token)))]));
  const as = (organisation: Organisation): Client => known(clients.get(organisation), organisation);
  const editor = await enrolEditor(server, as("quill"));
  const idOf = (organisation: Organisation): string => person(organisation).organisation;
  const circles = new Map<Circle, string>();
  for (const circle of CIRCLES) circles.set(circle, await makeCircle(circle, { as, idOf, oracle }));
  return {
    server,
    as,
    idOf,
    stranger: createClient(server.as({})),
    editor: { person: editor.person, client: createClient(server.as(bearer(editor.token))) },
    circleId: (circle) => known(circles.get(circle), circle),
    drafts: new Map(),
  };
}

/** Accepts the open invitation to a circle, signing what it asks to be signed. */
export async function joinCircle(client: Client, circle: string): Promise<void> {
  const { rows } = await client(listReceivedInvitations);
  const invitation = known(
    rows.find((row) => row.circle.id === circle),
    "invitation",
  );
  const { agreement } = invitation;
  await client(acceptInvitation, {
    params: { invitation: invitation.id },
    body: agreement === undefined ? {} : { agreementSha256: agreement.sha256 },
  });
}

/** Something public of either ecosystem, that nobody in the story runs: so that a scan may say that nothing was found. */
async function takePublicRecord(server: StoryServer): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-story-feed-"));
  try {
    for (const ecosystem of ["npm", "PyPI"]) {
      const record = {
        id: `x_STORY-${ecosystem.toLowerCase()}`,
        modified: "2027-02-28T00:00:00Z",
        summary: "An old fault",
        affected: [
          {
            package: { ecosystem, name: "nobody-runs-this" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }],
          },
        ],
      };
      for (const [path, bytes] of bucketObjects(ecosystem, [record])) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), bytes);
      }
      const door = server.door();
      let state = await door(startSync, { body: { feed: "osv", ecosystem, from: directory, statedAt: "2027-03-01", full: true } });
      while (state.endedAtMs === undefined) {
        state = await door(readSync, { params: { sync: state.sync }, query: { waitMs: 5000, seen: state.records } });
      }
      if (state.phase !== "done") throw new Error(`the public record was not taken: ${JSON.stringify(state)}`);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function enrolEverybody(server: StoryServer): Promise<ReadonlyMap<Organisation, Person>> {
  const people = new Map<Organisation, Person>();
  const { link } = await server.door()(issueAdministratorLink, { body: {} });
  const first = await enrol(server, link, { name: "First of Harbour", email: mailOf("harbour"), organisation: CAST.harbour.name });
  people.set("harbour", first);
  const coordinator = createClient(server.as(bearer(first.token)));
  for (const organisation of ORGANISATIONS) {
    if (organisation === "harbour") continue;
    const { name, kind, excluded } = CAST[organisation];
    const made = await coordinator(createOrganisation, { body: { name, kind, hasIntelligenceFunction: excluded === true } });
    const invited = await coordinator(inviteMember, {
      body: { name: `First of ${organisation}`, email: mailOf(organisation), role: "administrator", organisation: made.id },
    });
    people.set(organisation, await enrol(server, invited.link, {}));
  }
  return people;
}

async function enrolEditor(server: StoryServer, administrator: Client): Promise<Person> {
  const { link } = await administrator(inviteMember, { body: { name: "Editor of Quill", email: "editor@quill.example", role: "editor" } });
  return enrol(server, link, {});
}

/** A browser with a new passkey opens the link; the session that begins is used for one thing: a token. */
async function enrol(
  server: StoryServer,
  link: string,
  newcomer: { readonly name?: string; readonly email?: string; readonly organisation?: string },
): Promise<Person> {
  const origin = server.url();
  const secret = new URL(link).hash.slice(1);
  const browser = browserAt(server, origin);
  const question = await browser.client(askPasskeyByLink, { body: { link: secret, ...newcomer } });
  const passkey = softAuthenticator(origin).create(question as never);
  const session = await browser.client(enrolByLink, { body: { link: secret, ...newcomer, passkey: passkey as never } });
  const { token } = await browser.client(issueToken, {
    body: { name: "Story", verbs: [...verbsOf(session.acting.role as MemberRole, session.acting.kind)], days: 30 },
  });
  return { person: session.person, organisation: session.acting.organisation, token };
}

/** Keeps the cookie it is given, and says where its requests are from. */
function browserAt(server: StoryServer, origin: string): { readonly client: Client } {
  let cookie: string | undefined;
  const transport: Transport = async (asked) => {
    const answer = await server.as({ origin, ...(cookie === undefined ? {} : { cookie }) })(asked);
    cookie = answer.headers["set-cookie"]?.split(";")[0] ?? cookie;
    return answer;
  };
  return { client: createClient(transport) };
}

async function makeCircle(circle: Circle, { as, idOf, oracle }: Pick<Stage, "as" | "idOf"> & { readonly oracle: Oracle }): Promise<string> {
  const { owner, name, purpose, agreement, needsSecondFactor, needsSponsor, membersListed, longestDays, members } = CIRCLE_TERMS[circle];
  const terms = { name, purpose, needsSecondFactor, needsSponsor, membersListed };
  const made = await as(owner)(createCircle, {
    body: { ...terms, ...(agreement === undefined ? {} : { agreement }), ...(longestDays === undefined ? {} : { longestDays }) },
  });
  oracle.circleMade(circle, { needsSignature: agreement !== undefined });
  for (const { of: member, until, joinsLater } of members) {
    await as(owner)(inviteToCircle, {
      params: { circle: made.id },
      body: {
        organisation: idOf(member),
        vettingNote: `${CAST[member].name} was met in person.`,
        ...(until === undefined ? {} : { memberUntilMs: msOf(until) }),
        ...(needsSponsor ? { sponsor: idOf(owner) } : {}),
      },
    });
    if (joinsLater === true) continue;
    await joinCircle(as(member), made.id);
    oracle.admitted(circle, member, until === undefined ? undefined : msOf(until));
    if (agreement !== undefined) oracle.signed(circle, member);
  }
  return made.id;
}

function mailOf(organisation: Organisation): string {
  return `first@${organisation}.example`;
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

export function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the story has no ${what}`);
  return value;
}
