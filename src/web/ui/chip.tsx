import { X } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import "./chip.css";

/** A filter in force: field, value and how to take it away. */
export function Chip({ field, value, onRemove }: { readonly field: string; readonly value: string; readonly onRemove: () => void }) {
  return (
    <span className="chip">
      <span>
        {field} <strong>{value}</strong>
      </span>
      <AriaButton className="chip-remove" aria-label={`Remove the filter ${field} ${value}`} onPress={onRemove}>
        <X size={13} strokeWidth={1.75} aria-hidden="true" />
      </AriaButton>
    </span>
  );
}

/** The dashed one: opens the filters in the page. */
export function AddChip({
  isOpen,
  controls,
  onPress,
}: {
  readonly isOpen: boolean;
  readonly controls: string;
  readonly onPress: () => void;
}) {
  return (
    <AriaButton className="chip chip-add" aria-expanded={isOpen} aria-controls={controls} onPress={onPress}>
      Add filter
    </AriaButton>
  );
}
