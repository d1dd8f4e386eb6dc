import { Button } from "../ui/button.tsx";
import { PAGE } from "./page-size.ts";
import "./list-tools.css";

/** Under a list that goes by key: the way to the next page and back to the first. Nothing where one page is all. */
export function KeyPages({
  after,
  next,
  onGo,
}: {
  readonly after: string | undefined;
  readonly next: string | undefined;
  readonly onGo: (after: string | undefined) => void;
}) {
  if (after === undefined && next === undefined) return null;
  return (
    <div className="list-foot">
      <Button size="row" isDisabled={after === undefined} onPress={() => onGo(undefined)}>
        First {PAGE}
      </Button>
      <Button size="row" isDisabled={next === undefined} onPress={() => onGo(next)}>
        Next {PAGE}
      </Button>
    </div>
  );
}
