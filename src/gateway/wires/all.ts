export { anthropicCountTokens } from "./anthropic-count-tokens/anthropic-count-tokens.ts";
export { anthropicMessages } from "./anthropic-messages/anthropic-messages.ts";
export { anthropicModels } from "./anthropic-models/anthropic-models.ts";
export { openaiChat } from "./openai-chat/openai-chat.ts";
export { openaiModels } from "./openai-models/openai-models.ts";
export { openaiResponses } from "./openai-responses/openai-responses.ts";
