import OpenAI from "openai";
import { say } from "./evaluation.mjs";

const client = new OpenAI();
const asked = { model: process.argv[3], temperature: 0, max_tokens: 32, messages: JSON.parse(process.argv[4]) };

await say({
  whole: async () => {
    const { choices, usage } = await client.chat.completions.create(asked);
    return { text: choices[0].message.content, ends: choices[0].finish_reason, usage };
  },
  streamed: async () => {
    const stream = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const pieces = [];
    stream.on("content", (piece) => pieces.push(piece));
    const { choices, usage } = await stream.finalChatCompletion();
    return { text: choices[0].message.content, ends: choices[0].finish_reason, usage, pieces };
  },
});
