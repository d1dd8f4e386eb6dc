import { pino } from "pino";
import { type Client, createClient, type Transport } from "../../src/contract/client.ts";
import type { AnyEndpoint } from "../../src/contract/endpoint.ts";
import { type App, createApp } from "../../src/server/app.ts";
import type { Caller } from "../../src/server/http/caller.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import type { Route } from "../../src/server/http/route.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";
import { type MemberRole, type OrganisationKind, verbsOf, type Verb } from "../../src/vocabulary/organisation.ts";
import type { TestMember, TrustedActors } from "./trusted-actors.ts";

/** A member at the desk, in the role it was made with. */
export type Seat = TestMember & { readonly role: MemberRole; readonly kind: OrganisationKind };

export type SeatOptions = { readonly secondFactor?: boolean; readonly floor?: number; readonly verbs?: readonly Verb[] };

/** Some endpoints over HTTP, asked by members of a test's own making. */
export type SubjectDesk = {
  readonly app: App;
  /** A client of the API as this member; nobody when it is undefined. */
  readonly as: (seat: Seat | undefined, options?: SeatOptions) => Client;
  /** The same with the bare exchange. */
  readonly transport: (seat: Seat | undefined, options?: SeatOptions) => Transport;
  readonly close: () => Promise<void>;
};

export async function openSubjectDesk(
  actors: TrustedActors,
  endpoints: readonly AnyEndpoint[],
  routes: readonly Route[],
): Promise<SubjectDesk> {
  const seats = new Map<string, () => Caller>();
  const app = await createApp({
    config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
    endpoints,
    routes,
    log: pino({ level: "silent" }),
    traffic: createTraffic(),
    openRequests: createOpenRequests(),
    authenticate: async ({ header }) => seats.get(header("authorization") ?? "")?.(),
    consoleFiles: undefined,
  });
  const transport = (seat: Seat | undefined, options: SeatOptions = {}): Transport => {
    const credential = crypto.randomUUID();
    if (seat !== undefined) seats.set(credential, () => callerOf(actors, seat, options));
    return async ({ method, path, headers, body }) => {
      const answer = await app.inject({
        method: method as "GET" | "POST",
        url: path,
        headers: { ...headers, authorization: credential },
        ...(body === undefined ? {} : { payload: Buffer.from(body) }),
      });
      return { status: answer.statusCode, headers: answer.headers as Record<string, string>, body: answer.rawPayload };
    };
  };
  return { app, transport, as: (seat, options) => createClient(transport(seat, options)), close: () => app.close() };
}

export async function takeSeat(
  actors: TrustedActors,
  organisation: { readonly id: string; readonly kind?: OrganisationKind },
  role: MemberRole = "administrator",
): Promise<Seat> {
  return { ...(await actors.makeMember(organisation.id, role)), role, kind: organisation.kind ?? "vendor" };
}

export function callerOf(actors: TrustedActors, seat: Seat, { secondFactor = true, floor = 1, verbs }: SeatOptions = {}): Caller {
  return {
    person: seat.person,
    organisation: seat.organisation,
    organisationKind: seat.kind,
    role: seat.role,
    verbs: verbs ?? verbsOf(seat.role, seat.kind),
    isToken: false,
    credential: crypto.randomUUID(),
    floor,
    secondFactor,
    actor: actors.as(seat, { secondFactor, floor }),
  };
}
