import { useState, type ReactNode } from "react";
import { TextInput } from "../../forms/text-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";

type EndWithReasonProps = {
  readonly title: string;
  readonly note: string;
  /** Who reads the reason. */
  readonly hint: string;
  /** A verb and its object. */
  readonly word: string;
  readonly done: string;
  readonly refused: string;
  /** What happens, and that it cannot be undone. */
  readonly children: ReactNode;
  readonly end: (reason: string) => Promise<unknown>;
  readonly onDone: () => Promise<void>;
};

/** Ends something for good, with a reason that others read. */
export function EndWithReason({ title, note, hint, word, done, refused, children, end, onDone }: EndWithReasonProps) {
  const task = useTask();
  const [reason, setReason] = useState("");
  const [isAsked, setIsAsked] = useState(false);
  const confirm = async (): Promise<void> => {
    if (await task.run(() => end(reason), done)) await onDone();
  };
  return (
    <Section title={title} note={note}>
      <div className="draft-form">
        <TextInput label="Why" hint={hint} value={reason} onChange={setReason} />
        <div className="draft-buttons">
          <Button look="end" isDisabled={reason.trim() === "" || task.isBusy} onPress={() => setIsAsked(true)}>
            {word}
          </Button>
          {reason.trim() === "" ? <span className="note">A reason is missing.</span> : null}
        </div>
        {task.error === undefined ? null : <Refusal title={refused} error={task.error} />}
      </div>
      <Confirm isOpen={isAsked} onClose={() => setIsAsked(false)} title={`${word}?`} word={word} onConfirm={confirm} isEnd>
        {children}
      </Confirm>
    </Section>
  );
}
