import { useState, type ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./button.tsx";
import "./confirm.css";

export type ConfirmProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What happens, and whether it can be undone. */
  readonly children: ReactNode;
  /** A verb and its object. */
  readonly word: string;
  /** Resolves when it is done; the dialog then closes. What it throws is for the page to show. */
  readonly onConfirm: () => Promise<void> | void;
  readonly isEnd?: boolean;
};

/** Says what will happen before it does. Nothing is to be typed. */
export function Confirm({ isOpen, onClose, title, children, word, onConfirm, isEnd = false }: ConfirmProps) {
  const [isBusy, setIsBusy] = useState(false);
  const act = async (): Promise<void> => {
    setIsBusy(true);
    try {
      await onConfirm();
    } finally {
      setIsBusy(false);
      onClose();
    }
  };
  return (
    <ModalOverlay className="confirm-veil" isOpen={isOpen} onOpenChange={(open) => (open ? undefined : onClose())} isDismissable>
      <Modal className="confirm">
        <Dialog role="alertdialog" className="confirm-dialog">
          <Heading slot="title" className="confirm-title">
            {title}
          </Heading>
          <div className="stack second">{children}</div>
          <div className="confirm-buttons">
            <Button onPress={onClose}>Go back</Button>
            <Button look={isEnd ? "end-now" : "main"} isDisabled={isBusy} onPress={() => void act()}>
              {word}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
