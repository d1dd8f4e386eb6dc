import type { ReactNode } from "react";
import { Switch as AriaSwitch } from "react-aria-components";
import "./switch.css";

/** On or off, at once. */
export function Switch({
  isOn,
  onChange,
  isDisabled = false,
  children,
}: {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <AriaSwitch className="switch" isSelected={isOn} onChange={onChange} isDisabled={isDisabled}>
      <span className="switch-track" aria-hidden="true">
        <span className="switch-knob" />
      </span>
      <span>
        {children} <strong>{isOn ? "on" : "off"}</strong>
      </span>
    </AriaSwitch>
  );
}
