import { useState, type ReactNode } from "react";
import { numberText } from "../words/count-text.ts";
import { Button } from "./button.tsx";
import { usePrinting } from "./use-printing.ts";
import "./unfold.css";

/** The first of many, and a button for the rest; on paper all of them. One or two more than `atFirst` are shown at once. */
export function Unfold<Item>({
  items,
  atFirst,
  children,
}: {
  readonly items: readonly Item[];
  readonly atFirst: number;
  readonly children: (shown: readonly Item[]) => ReactNode;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const isPrinting = usePrinting();
  if (items.length <= atFirst + 2) return children(items);
  return (
    <>
      {children(isOpen || isPrinting ? items : items.slice(0, atFirst))}
      <span className="unfold">
        <Button look="quiet" size="row" expanded={isOpen} onPress={() => setIsOpen(!isOpen)}>
          {isOpen ? "Show fewer" : `and ${numberText(items.length - atFirst)} more`}
        </Button>
      </span>
    </>
  );
}
