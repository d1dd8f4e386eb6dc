import type { Session } from "../../shell/session.ts";
import { Page } from "../../ui/page.tsx";
import { roleWord } from "../../words/role-words.ts";

/** For members whose role does not review access. */
export function NotForRole({ title, session }: { readonly title: string; readonly session: Session }) {
  return (
    <Page title={title}>
      <p>
        Administrators and auditors of {session.acting.name} review access; you are {roleWord(session.acting.role)}. One of its
        administrators can change that. What you read yourself stands under Account.
      </p>
    </Page>
  );
}
