import { MODEL_WIRES, type ModelWire } from "../../src/vocabulary/exchange.ts";
import { openModelServer } from "./model-server.ts";
import { byModelName } from "./named-acts.ts";

/**
 * A scripted model server in a process of its own: `model-server-child.ts WIRE CREDENTIAL [PORT]`. It says its base address on the
 * first line, follows the script by the name of the model, and takes one line of JSON on standard input for another script:
 * `{"act": {"kind": "error", "status": 500}}` or `{"act": null}` for the names again, `{"credential": "…"}`.
 */
const [wire = "", credential = "", port = "0"] = process.argv.slice(2);
if (!isModelWire(wire) || credential === "") throw new Error(`usage: model-server-child.ts ${MODEL_WIRES.join("|")} CREDENTIAL [PORT]`);

const server = await openModelServer({ wire, credential, port: Number(port), script: byModelName });
process.stdout.write(`${server.baseUrl}\n`);

let line = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text: string) => {
  line += text;
  for (let end = line.indexOf("\n"); end !== -1; end = line.indexOf("\n")) {
    const order: { readonly act?: Parameters<typeof server.follow>[0] | null; readonly credential?: string } = JSON.parse(
      line.slice(0, end),
    );
    line = line.slice(end + 1);
    if (order.act !== undefined) server.follow(order.act ?? byModelName);
    if (order.credential !== undefined) server.rotate(order.credential);
    process.stdout.write("done\n");
  }
});
process.on("SIGTERM", () => void server.stop().then(() => process.exit(0)));

function isModelWire(text: string): text is ModelWire {
  return (MODEL_WIRES as readonly string[]).includes(text);
}
