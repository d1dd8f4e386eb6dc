/** What these programs ask, and how each says on standard output what its SDK made of it. None of them knows what it talks to. */
export const question = "Which place is named? Say it with a ü, a 漢 and a 🌊.";

export const lookup = {
  name: "lookup",
  description: "Looks a place up.",
  parameters: {
    type: "object",
    properties: { place: { type: "string" }, deep: { type: "object", properties: { level: { type: "number" } }, required: ["level"] } },
    required: ["place"],
  },
};

export function tell({ place, deep }) {
  return `${place} is ${deep.level} deep`;
}

/** Does the one that is asked for. An error is told as whoever wrote the program would see it. */
export async function say(evaluations) {
  try {
    print({ said: await evaluations[process.argv[2]]() });
  } catch (error) {
    print({ error: seen(error) });
  }
}

function seen(error) {
  const { name, status, statusCode, code, type, message, isRetryable, lastError } = error;
  return {
    class: error.constructor.name,
    name,
    status: status ?? statusCode,
    code,
    type,
    message,
    isRetryable,
    ...(lastError === undefined ? {} : { last: seen(lastError) }),
  };
}

function print(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
