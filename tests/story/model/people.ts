import type { Client } from "../../../src/contract/client.ts";
import { issueAdministratorLink } from "../../../src/contract/endpoints/one-time-links.ts";
import { createOrganisation } from "../../../src/contract/endpoints/organisations.ts";
import { createDoorTransport } from "../../../src/cli/door-transport.ts";
import { createClient } from "../../../src/contract/client.ts";
import { doorPath } from "../../../src/server/local-door/door-path.ts";
import type { OrganisationKind } from "../../../src/vocabulary/organisation.ts";
import { enrolAt } from "../../support/http-member.ts";

export type Person = { readonly organisation: string; readonly ask: Client };

const CAST = {
  lab: ["Example lab", "lab"],
  institute: ["Testing institute", "vendor"],
  university: ["University group", "finder"],
  bank: ["Partner bank", "operator"],
  utility: ["Partner utility", "operator"],
} as const satisfies Readonly<Record<string, readonly [string, OrganisationKind]>>;

export type People = Readonly<Record<"desk" | keyof typeof CAST, Person>>;

/** A desk, a lab, two evaluators of two organisations and two possible partners, each signed in by a passkey. */
export async function enrolPeople(url: string, dataDirectory: string): Promise<People> {
  const door = createDoorTransport(doorPath(dataDirectory));
  const { link } = await createClient(door.transport)(issueAdministratorLink, { body: {} });
  door.close();
  const desk = await enrolAt(url, link, { name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" });
  const person = async (key: keyof typeof CAST): Promise<Person> => {
    const [name, kind] = CAST[key];
    const { id } = await desk.ask(createOrganisation, { body: { name, kind } });
    const { ask } = await desk.invite({ name: key, role: "administrator", organisation: id });
    return { organisation: id, ask };
  };
  return {
    desk: { organisation: desk.session.acting.organisation, ask: desk.ask },
    lab: await person("lab"),
    institute: await person("institute"),
    university: await person("university"),
    bank: await person("bank"),
    utility: await person("utility"),
  };
}
