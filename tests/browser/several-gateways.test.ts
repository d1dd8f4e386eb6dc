import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { createServerTransport } from "../../src/cli/server-transport.ts";
import { type Client, createClient } from "../../src/contract/client.ts";
import { endWindow } from "../../src/contract/endpoints/access-windows.ts";
import { readOrders, stateDestruction, takeLease } from "../../src/contract/endpoints/gateway.ts";
import { issueGateway } from "../../src/contract/endpoints/gateways.ts";
import type { HttpMember } from "../support/http-member.ts";
import { noBrowser } from "./console.ts";
import { type Granted, type GrantedConsole, openGrantedConsole } from "./granted-console.ts";
import { assertHoldsUp } from "./page-checks.ts";

describe("a lab with several gateways, in the console", { skip: noBrowser ?? false }, () => {
  let stand: GrantedConsole;
  let granted: Granted;
  let halls: readonly [Client, Client];

  before(async () => {
    stand = await openGrantedConsole();
    granted = await stand.grantModel({ name: "small-1", custody: "premises", budget: { requests: 1000, tokens: 2_000_000 } });
    halls = [await gatewayOf("hall 1", "gateway-1"), await gatewayOf("hall 2", "gateway-2")];
  });
  after(() => stand.close());

  const as = (member: HttpMember, path: string, work: (page: Page) => Promise<void>): Promise<void> =>
    stand.console.at(path, work, { member, reducedMotion: "reduce" });

  /** One that keeps the window's credential and has taken of the budget. */
  async function gatewayOf(name: string, gateway: string): Promise<Client> {
    const { credential } = await stand.leo.ask(issueGateway, { body: { name } });
    const client = createClient(
      createServerTransport({ server: stand.console.url, token: credential, unreachable: "Nothing goes through" }),
    );
    await client(readOrders, { body: { gateway, holds: [granted.window] } });
    const block = { gateway, grant: granted.grant, lease: randomUUID(), requests: 40, tokens: 120_000, tokensAtLeast: 1 };
    assert.equal((await client(takeLease, { body: block })).kind, "taken");
    return client;
  }

  it("ending a gateway says what it costs before, and what was charged after, to the lab and to whoever uses", async () => {
    await as(stand.leo, "/models", async (page) => {
      const section = page.getByRole("region", { name: "Gateways on your premises" });
      await section.getByText("holds 40 requests and 120,000 tokens").first().waitFor();
      await page.getByRole("button", { name: "End hall 2" }).press("Enter");
      const dialog = page.getByRole("alertdialog");
      await dialog.getByText("It holds 40 requests and 120,000 tokens of budgets now. Whatever it holds is charged in full").waitFor();
      await dialog.getByRole("button", { name: "End the gateway" }).press("Enter");
      await section.getByText("40 requests and 120,000 tokens charged with its end").waitFor();
      await assertHoldsUp(page, "several-gateways");
    });
    await as(stand.leo, `/models/${granted.model}`, async (page) => {
      await page.getByRole("table", { name: "Budget" }).getByText("120,000 of it charged because a gateway was ended").waitFor();
      await assertHoldsUp(page, "several-gateways-budget");
    });
    await as(stand.eva, `/grants/${granted.grant}`, async (page) => {
      await page.getByText("Beside this: 40 requests and 120,000 tokens charged because a gateway was ended.").waitFor();
      await assertHoldsUp(page, "several-gateways-use");
    });
  });

  it("a key that one of two gateways destroyed is said to be destroyed there, and not stated by the other", async () => {
    await stand.leo.ask(endWindow, { params: { window: granted.window } });
    const of = { gateway: "gateway-1", window: granted.window, file: "/keys/1.key", destroyedMs: Date.now(), cannotReach: ["snapshots"] };
    await halls[0](stateDestruction, { body: { ...of, what: "credential", keyId: "credential-1" } });
    await halls[0](stateDestruction, { body: { ...of, what: "record", grant: granted.grant, keyId: "record-1" } });
    await as(stand.leo, `/models/${granted.model}`, async (page) => {
      await page.getByText("its key is destroyed at 1 of 2 gateways").waitFor();
      await page.getByRole("table", { name: "Windows and stages" }).getByText("key destroyed at 1 of 2 gateways").waitFor();
      const certificates = page.getByRole("list", { name: "Certificates of destruction" });
      await certificates.getByText("hall 2 (gateway-2) has not stated that its own is destroyed. Nobody here can say.").first().waitFor();
      assert.equal(await certificates.getByText("destroyed at 1 of 2 gateways, at this one").count(), 2);
      await assertHoldsUp(page, "several-gateways-certificates");
    });
    await as(stand.eva, `/grants/${granted.grant}`, async (page) => {
      const certificates = page.getByRole("list", { name: "Certificates of destruction" });
      await certificates.getByText("gateway-2 has not stated that its own is destroyed. Nobody here can say.").first().waitFor();
      assert.equal(await page.getByText("hall 2").count(), 0);
      await assertHoldsUp(page, "several-gateways-certificates-of-user");
    });
  });
});
