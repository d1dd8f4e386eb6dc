import type { ReactNode } from "react";
import { Checkbox, Text } from "react-aria-components";
import { TickBox } from "../table/data-table.tsx";
import "./form-panel.css";

/** Yes or no within a form. */
export function Tick({
  isSelected,
  onChange,
  hint,
  children,
}: {
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <Checkbox className="tick form-tick" isSelected={isSelected} onChange={onChange}>
      {({ isSelected: isOn }) => (
        <>
          <TickBox isSelected={isOn} />
          <span>
            {children}
            {hint === undefined ? null : <Text className="form-tick-hint">{hint}</Text>}
          </span>
        </>
      )}
    </Checkbox>
  );
}
