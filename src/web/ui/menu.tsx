import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Header, Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger, Popover } from "react-aria-components";
import "./menu.css";

export type MenuEntry = {
  readonly id: string;
  readonly word: string;
  readonly note?: string;
  /** An address of the console; without it `onPress` acts. */
  readonly to?: string;
  readonly onPress?: () => void;
  /** One of several of which exactly one holds. */
  readonly isCurrent?: boolean;
};

export type MenuGroup = { readonly id: string; readonly head?: string; readonly entries: readonly MenuEntry[] };

/** A word with a chevron, and the menu under it. */
export function Menu({
  label,
  children,
  groups,
  onGo,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly groups: readonly MenuGroup[];
  readonly onGo: (to: string) => void;
}) {
  const entries = new Map<string, MenuEntry>(
    groups.flatMap((group) => group.entries.map((entry) => [`${group.id}/${entry.id}`, entry] as const)),
  );
  return (
    <MenuTrigger>
      <Button className="menu-word" aria-label={label}>
        {children}
        <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </Button>
      <Popover className="menu-popover" placement="bottom end">
        <AriaMenu
          className="menu"
          onAction={(key) => {
            const entry = entries.get(String(key));
            if (entry?.to !== undefined) onGo(entry.to);
            else entry?.onPress?.();
          }}
        >
          {groups.map((group) => (
            <MenuSection key={group.id} className="menu-group" {...(group.head === undefined ? { "aria-label": group.id } : {})}>
              {group.head === undefined ? null : <Header className="menu-head">{group.head}</Header>}
              {group.entries.map((entry) => (
                <MenuItem
                  key={entry.id}
                  id={`${group.id}/${entry.id}`}
                  className={`menu-entry${entry.isCurrent === true ? " menu-entry-current" : ""}`}
                  textValue={entry.word}
                >
                  <span>
                    {entry.word}
                    {entry.isCurrent === true ? <span className="visually-hidden">, current</span> : null}
                  </span>
                  {entry.note === undefined ? null : <span className="menu-note">{entry.note}</span>}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
