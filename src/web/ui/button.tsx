import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import "./button.css";

export type ButtonProps = {
  readonly children: ReactNode;
  /** main: the one action of a page; plain; quiet: accent text; end: ends something; end-now: its confirmation; icon: a square with an icon only, which then needs a label. */
  readonly look?: "main" | "plain" | "quiet" | "end" | "end-now" | "icon";
  readonly size?: "row" | "usual" | "large";
  readonly label?: string;
  readonly onPress?: () => void;
  readonly type?: "button" | "submit";
  readonly isDisabled?: boolean;
  readonly expanded?: boolean;
  readonly controls?: string;
};

/** The one button. */
export function Button({
  children,
  look = "plain",
  size = "usual",
  label,
  onPress,
  type = "button",
  isDisabled = false,
  expanded,
  controls,
}: ButtonProps) {
  return (
    <AriaButton
      type={type}
      className={`button button-${look} button-${size}`}
      isDisabled={isDisabled}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(onPress === undefined ? {} : { onPress })}
      {...(expanded === undefined ? {} : { "aria-expanded": expanded })}
      {...(controls === undefined ? {} : { "aria-controls": controls })}
    >
      {children}
    </AriaButton>
  );
}
