import { Checkbox, CheckboxGroup, Label, Text } from "react-aria-components";
import { TickBox } from "../table/data-table.tsx";
import type { FieldWords } from "./text-input.tsx";
import "./fields.css";
import "./ticks.css";

/** Some of a few, each with its box. */
export function Ticks({
  label,
  hint,
  options,
  value,
  onChange,
}: FieldWords & {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}) {
  return (
    <CheckboxGroup className="ticks" value={[...value]} onChange={onChange}>
      <Label className="field-label">{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      {options.map((option) => (
        <Checkbox key={option.value} value={option.value} className="tick">
          {({ isSelected }) => (
            <>
              <TickBox isSelected={isSelected} />
              <span>{option.label}</span>
            </>
          )}
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}
