import { useContext } from "react";
import { ShortcutContext } from "../shell/shortcuts.ts";
import { Button } from "../ui/button.tsx";
import { countText, numberText } from "../words/count-text.ts";
import { PAGE } from "./page-size.ts";

export type PageFootProps = {
  readonly rows: number;
  readonly one: string;
  readonly many: string;
  /** Of how many, where the server says. */
  readonly total?: number;
  /** In which order they stand. */
  readonly order: string;
  /** Cursor of the page shown; undefined = the first. */
  readonly after: string | undefined;
  readonly next: string | undefined;
  /** 0 for a page that was opened from a link: it does not know its number. */
  readonly pageNumber: number;
  readonly goTo: (after: string | undefined, pageNumber: number) => void;
  /** Old rows are shown while the next ones come. */
  readonly isStale: boolean;
  readonly canChoose?: boolean;
};

/** Under a list: which rows these are, in what order, and the way to the next. Pages go by key. */
export function PageFoot(props: PageFootProps) {
  const { rows, one, many, total, order, after, next, pageNumber, goTo, isStale, canChoose = false } = props;
  const first = pageNumber * PAGE + 1;
  return (
    <div className="list-foot">
      <span className="note">
        {after === undefined || pageNumber > 0 ? `${numberText(first)}–${numberText(first + rows - 1)}` : countText(rows, one, many)}
        {total === undefined ? null : ` of ${numberText(total)}`}, {order}
      </span>
      <KeyHint canChoose={canChoose} />
      <Button size="row" isDisabled={after === undefined} onPress={() => (pageNumber > 1 ? history.back() : goTo(undefined, 0))}>
        {after !== undefined && pageNumber === 0 ? `First ${PAGE}` : "Previous"}
      </Button>
      <Button size="row" isDisabled={next === undefined || isStale} onPress={() => goTo(next, pageNumber + 1)}>
        Next {PAGE}
      </Button>
    </div>
  );
}

/** Which keys act here, unless they are switched off. */
function KeyHint({ canChoose }: { readonly canChoose: boolean }) {
  const { isOn } = useContext(ShortcutContext);
  if (!isOn) return null;
  return (
    <span className="key-hint">
      <kbd>J</kbd> <kbd>K</kbd> move{" "}
      {canChoose ? (
        <>
          <kbd>X</kbd> choose{" "}
        </>
      ) : null}
      <kbd>Enter</kbd> open
    </span>
  );
}
