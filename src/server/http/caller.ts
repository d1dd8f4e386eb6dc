import type { MemberRole, OrganisationKind, Verb } from "../../vocabulary/organisation.ts";
import type { SignedActor } from "../database/database.ts";

/** Who a request is from, verified: a member of one organisation, by a session or a token. */
export type Caller = {
  readonly person: string;
  readonly organisation: string;
  readonly organisationKind: OrganisationKind;
  readonly role: MemberRole;
  /** What the role allows, and the token's scopes where it is one. */
  readonly verbs: readonly Verb[];
  readonly isToken: boolean;
  /** Of the session or the token. */
  readonly credential: string;
  /** Number of the most confidential level that is shown: 1 (case), or 4 (notice) after a mailed link. */
  readonly floor: number;
  readonly secondFactor: boolean;
  /** For transactions of this request; it is of no use a few minutes later. */
  readonly actor: SignedActor;
};

export type RequestHead = { readonly method: string; readonly header: (name: string) => string | undefined };

/**
 * Who a request is from; undefined = it states nobody. A credential that is stated and does not hold is refused, never ignored.
 * @throws CodedError `credential-refused`, `cross-site`
 */
export type Authenticate = (head: RequestHead) => Promise<Caller | undefined>;

/** For servers without members: whoever states a credential is refused as everywhere. */
export const nobodyIsKnown: Authenticate = async () => undefined;
