import { useEffect, useId, useRef, type ReactNode } from "react";
import { Form } from "react-aria-components";
import { Button } from "../ui/button.tsx";
import { Refusal } from "../ui/notice.tsx";
import "./form-panel.css";

export type FormPanelProps = {
  readonly title: string;
  /** What happens when it is sent. */
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
  /** A verb and its object. */
  readonly word: string;
  readonly onSubmit: () => void;
  /** Where it opened over something: the way back. */
  readonly onClose?: () => void;
  readonly isDisabled: boolean;
  /** Why it cannot be sent yet. */
  readonly missing?: string | undefined;
  readonly error: unknown;
  /** What is said above a refusal. */
  readonly refused: string;
  readonly isEnd?: boolean;
};

/** A form that stands in the page: what it does, its fields, one button, and what refused it. One that opened takes the focus to its title. */
export function FormPanel(props: FormPanelProps) {
  const { title, lead, children, word, onSubmit, onClose, isDisabled, missing, error, refused, isEnd = false } = props;
  const id = useId();
  const titleRef = useRef<HTMLHeadingElement>(null);
  const opened = onClose !== undefined;
  useEffect(() => {
    if (opened) titleRef.current?.focus();
  }, [opened]);
  return (
    <Form
      className={`form-panel${opened ? " form-panel-opened" : ""}`}
      aria-labelledby={id}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isDisabled && missing === undefined) onSubmit();
      }}
    >
      <h3 id={id} ref={titleRef} tabIndex={-1}>
        {title}
      </h3>
      {lead === undefined ? null : <div className="second stack">{lead}</div>}
      {children}
      {error === undefined ? null : <Refusal title={refused} error={error} />}
      <div className="form-panel-buttons">
        <Button type="submit" look={isEnd ? "end" : "main"} isDisabled={isDisabled || missing !== undefined}>
          {word}
        </Button>
        {onClose === undefined ? null : <Button onPress={onClose}>Go back</Button>}
        {missing === undefined ? null : <span className="note">{missing}</span>}
      </div>
    </Form>
  );
}
