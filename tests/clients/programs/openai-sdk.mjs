import OpenAI from "openai";
import { lookup, question, say, tell } from "./evaluation.mjs";

const client = new OpenAI();
const model = "aurora-1";
const messages = [{ role: "user", content: question }];
const tools = [{ type: "function", function: lookup }];

await say({
  chat: async () => {
    const { choices, usage } = await client.chat.completions.create({ model, messages });
    return { text: choices[0].message.content, ends: choices[0].finish_reason, usage };
  },
  stream: async () => {
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) chunks.push(chunk);
    return {
      text: chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""),
      ends: chunks.at(-1).choices[0]?.finish_reason,
      usage: chunks.at(-1).usage ?? null,
    };
  },
  usage: async () => {
    const asked = { model, messages, stream: true, stream_options: { include_usage: true } };
    const chunks = [];
    for await (const chunk of await client.chat.completions.create(asked)) chunks.push(chunk);
    return { choices: chunks.at(-1).choices, usage: chunks.at(-1).usage };
  },
  tools: async () => {
    const run = client.chat.completions.runTools({
      model,
      messages,
      tools: [{ type: "function", function: { ...lookup, parse: JSON.parse, function: tell } }],
    });
    return { text: await run.finalContent(), called: await run.finalFunctionToolCall() };
  },
  "tools-streamed": async () => {
    const stream = client.chat.completions.stream({ model, messages, tools });
    const { choices } = await stream.finalChatCompletion();
    return { called: choices[0].message.tool_calls[0].function, ends: choices[0].finish_reason };
  },
  responses: async () => {
    const { output_text: text, status, usage } = await client.responses.create({ model, input: question });
    return { text, ends: status, usage };
  },
  "responses-streamed": async () => {
    const pieces = [];
    const stream = client.responses.stream({ model, input: question });
    stream.on("response.output_text.delta", ({ delta }) => pieces.push(delta));
    const { output_text: text, status } = await stream.finalResponse();
    return { text, ends: status, pieces };
  },
  "responses-tools": async () => {
    const { output } = await client.responses.create({ model, input: question, tools: [{ type: "function", strict: false, ...lookup }] });
    return { called: output[0] };
  },
  "responses-continued": async () => client.responses.create({ model, input: question, previous_response_id: "resp_1" }),
  models: async () => {
    const listed = [];
    for await (const { id } of client.models.list()) listed.push(id);
    return { listed, one: (await client.models.retrieve(model)).id };
  },
});
