import type { ReactNode } from "react";
import type { Session } from "../../shell/session.ts";
import { Section } from "../../ui/section.tsx";
import { roleWord } from "../../words/role-words.ts";

/** Sections for those whose role uses models; others are told who does. */
export function Testers({ session, title, children }: { readonly session: Session; readonly title: string; readonly children: ReactNode }) {
  if (session.verbs.includes("model.test")) return children;
  const { name, role } = session.acting;
  return (
    <Section title={title}>
      <p className="second">
        Administrators and editors of {name} make tokens and read sessions. You are its {roleWord(role)}; an administrator can change that.
      </p>
    </Section>
  );
}
