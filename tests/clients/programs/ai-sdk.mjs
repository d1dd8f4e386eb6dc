import { createAnthropic } from "@ai-sdk/anthropic";
import { openai } from "@ai-sdk/openai";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { lookup, question, say, tell } from "./evaluation.mjs";

// Its provider for Anthropic wants the version in the address, as OpenAI's SDK does and Anthropic's own does not.
const anthropic = createAnthropic({ baseURL: `${process.env.ANTHROPIC_BASE_URL}/v1` });
const models = { chat: openai.chat("aurora-1"), responses: openai.responses("aurora-1"), anthropic: anthropic("aurora-1") };
const model = models[process.argv[3]];
const tools = {
  lookup: tool({ description: lookup.description, inputSchema: jsonSchema(lookup.parameters), execute: tell }),
};
const stateless = { providerOptions: { openai: { store: false } } };

await say({
  text: async () => {
    const { text, finishReason: ends, usage } = await generateText({ model, prompt: question });
    return { text, ends, usage: { input: usage.inputTokens, output: usage.outputTokens } };
  },
  stream: async () => {
    const pieces = [];
    const errors = [];
    const { stream, text, finishReason } = streamText({ model, prompt: question, onError: ({ error }) => errors.push(error) });
    text.catch(() => undefined);
    finishReason.catch(() => undefined);
    for await (const part of stream) if (part.type === "text-delta") pieces.push(part.text);
    if (errors.length > 0) throw errors[0];
    return { text: await text, ends: await finishReason, pieces };
  },
  tools: async () => toolLoop({}),
  "tools-stateless": async () => toolLoop(stateless),
  conversation: async () => conversation({}),
  "conversation-stateless": async () => conversation(stateless),
});

async function toolLoop(options) {
  const { text, steps } = await generateText({ model, prompt: question, tools, stopWhen: stepCountIs(3), ...options });
  return { text, results: steps.flatMap(({ toolResults }) => toolResults.map(({ output }) => output)), steps: steps.length };
}

async function conversation(options) {
  const messages = [{ role: "user", content: question }];
  const first = await generateText({ model, messages, ...options });
  messages.push(...first.response.messages, { role: "user", content: "And another?" });
  const { text } = await generateText({ model, messages, ...options });
  return { text };
}
