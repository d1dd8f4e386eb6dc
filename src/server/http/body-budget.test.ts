import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { createBodyBudget } from "./body-budget.ts";

describe("the memory for bodies", () => {
  it("lets in what fits, and the rest in the order in which it came", async () => {
    const budget = createBodyBudget(10, 60_000);
    const order: string[] = [];
    const giveBack = await budget.take(7);
    const large = budget.take(6).then((give) => (order.push("large"), give));
    // It would fit, but must not overtake: small ones would keep a large one out for ever.
    const small = budget.take(3).then((give) => (order.push("small"), give));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(order, []);
    giveBack();
    (await large)();
    (await small)();
    assert.deepEqual(order, ["large", "small"]);
  });

  it("gives bytes back once, however often it is asked to", async () => {
    const budget = createBodyBudget(10, 20);
    const giveBack = await budget.take(10);
    giveBack();
    giveBack();
    await budget.take(10);
    await assert.rejects(budget.take(1), (error) => isCodedError(error, "rate-limited"));
  });

  it("refuses who waited in vain, and forgets them", async () => {
    const budget = createBodyBudget(10, 20);
    const giveBack = await budget.take(8);
    await assert.rejects(budget.take(5), (error) => isCodedError(error, "rate-limited"));
    (await budget.take(2))();
    giveBack();
    (await budget.take(10))();
  });

  it("lets in alone what is larger than the whole", async () => {
    const budget = createBodyBudget(10, 20);
    const giveBack = await budget.take(1000);
    await assert.rejects(budget.take(1), (error) => isCodedError(error, "rate-limited"));
    giveBack();
    (await budget.take(10))();
  });
});
