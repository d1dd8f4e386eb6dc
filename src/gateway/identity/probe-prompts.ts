/** One fixed question. Its answer carries nothing of an evaluator and asks for nothing that a model would decline. */
export type ProbePrompt = { readonly id: string; readonly text: string; readonly maxTokens: number };

/** Named in every run: answers to other prompts are never compared. A changed prompt needs another name. */
export const PROBE_SET = "sluice-probes-1";

/** Small, but above the 16 tokens that some servers ask for at least. */
const MAX_TOKENS = 24;

/**
 * Open questions with short answers: a model that always takes its likeliest word repeats itself, and another model seldom says the same.
 * Two ask for what models compute wrongly in ways of their own.
 */
export const PROBE_PROMPTS: readonly ProbePrompt[] = [
  prompt("town", "Make up the name of a small harbour town and of its baker. Answer with the two names only."),
  prompt("clockmaker", "Continue this sentence with its next ten words and nothing else: The clockmaker closed the shutters because"),
  prompt("six-words", "Write one sentence of six words in which every word begins with the letter b."),
  prompt("animals", "Which five animals come to mind first? Answer with their names and commas only."),
  prompt("integer", "Choose an integer between 1 and 100000. Answer with the digits only."),
  prompt("product", "What is 48271 times 61397? Answer with the digits only, without working it out in writing."),
  prompt("ferry", "Translate into Welsh, the translation only: The grey ferry is late again, and nobody minds."),
  prompt("rust", "Write the first line of a poem about rust on a garden gate."),
  prompt("series", "Give four more terms of this series, with commas only: 3, 4, 8, 17, 33"),
  prompt("kettle", "Explain in exactly nine words why a kettle whistles."),
  prompt("umbrella", "Invent a brand name and a slogan for an umbrella that makes no sound in the rain."),
  prompt("backwards", "Spell the word lighthousekeeper backwards, then give two words that rhyme with stone."),
];

function prompt(id: string, text: string): ProbePrompt {
  return { id, text, maxTokens: MAX_TOKENS };
}
