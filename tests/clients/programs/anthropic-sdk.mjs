import Anthropic from "@anthropic-ai/sdk";
import { lookup, question, say, tell } from "./evaluation.mjs";

const client = new Anthropic();
const messages = [{ role: "user", content: question }];
const asked = { model: "aurora-1", max_tokens: 200, messages };
const tool = { name: lookup.name, description: lookup.description, input_schema: lookup.parameters };

await say({
  messages: async () => {
    const { content, stop_reason: ends, usage } = await client.messages.create(asked);
    return { text: textOf(content), ends, usage };
  },
  stream: async () => {
    const pieces = [];
    const stream = client.messages.stream(asked).on("text", (piece) => pieces.push(piece));
    const { content, stop_reason: ends, usage } = await stream.finalMessage();
    return { text: textOf(content), ends, usage, pieces };
  },
  "raw-stream": async () => {
    const types = [];
    for await (const { type } of await client.messages.create({ ...asked, stream: true })) types.push(type);
    return { types: [...new Set(types)] };
  },
  tools: async () => {
    const { content } = await client.beta.messages.toolRunner({ ...asked, tools: [{ ...tool, parse: (input) => input, run: tell }] });
    return { text: textOf(content) };
  },
  "tools-streamed": async () => {
    const { content, stop_reason: ends } = await client.messages.stream({ ...asked, tools: [tool] }).finalMessage();
    return { called: content[0], ends };
  },
  count: async () => client.messages.countTokens({ model: asked.model, messages }),
  models: async () => {
    const listed = [];
    for await (const { id } of client.models.list()) listed.push(id);
    return { listed, one: (await client.models.retrieve(asked.model)).id };
  },
});

function textOf(content) {
  return content.map(({ text }) => text ?? "").join("");
}
