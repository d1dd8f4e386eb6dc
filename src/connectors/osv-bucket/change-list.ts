import { parseInstant } from "../../vocabulary/instant.ts";
import type { FeedEntry, FeedProblem } from "../advisory-feed.ts";
import { readLines } from "../read-lines.ts";
import { isRecordId } from "../record-name.ts";

const LONGEST_LINE_BYTES = 4096;

/**
 * Lines `modified,ID`, or `modified,ECOSYSTEM/ID` of a list of all ecosystems, of which the others' lines are left out.
 * A line that cannot be used becomes a problem that names its id where it has one: such a record is listed all the same.
 */
export async function* readChangeList(
  chunks: AsyncIterable<Uint8Array>,
  ecosystem: string,
  place: string,
  onProblem: (problem: FeedProblem) => void,
): AsyncGenerator<FeedEntry, void, undefined> {
  for await (const { number, text } of readLines(chunks, LONGEST_LINE_BYTES)) {
    const linePlace = `${place}:${number}`;
    if (text === undefined) {
      onProblem({ id: undefined, place: linePlace, reason: `expected a line of at most ${LONGEST_LINE_BYTES} bytes` });
      continue;
    }
    if (text === "") continue;
    const comma = text.indexOf(",");
    const modified = text.slice(0, Math.max(comma, 0));
    const name = text.slice(comma + 1);
    const slash = name.lastIndexOf("/");
    if (slash >= 0 && name.slice(0, slash) !== ecosystem) continue;
    const id = name.slice(slash + 1);
    const reason = reasonAgainst(comma, modified, id);
    if (reason === undefined) yield { id, modified };
    else
      onProblem({
        id: comma >= 0 && isRecordId(id) ? id : undefined,
        place: linePlace,
        reason: `${reason}, got ${JSON.stringify(text.slice(0, 200))}`,
      });
  }
}

function reasonAgainst(comma: number, modified: string, id: string): string | undefined {
  if (comma < 0) return "expected a time, a comma and an id";
  if (!isRecordId(id)) return "expected an id after the comma";
  return parseInstant(modified) === undefined ? "expected an RFC 3339 time before the comma" : undefined;
}
