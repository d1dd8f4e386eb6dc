import { useQuery, useQueryClient } from "@tanstack/react-query";
import { chooseMail, tryMail } from "../../../contract/endpoints/notifications.ts";
import { Switch } from "../../forms/switch.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { deliveriesQuery, mailQuery } from "./notification-queries.ts";

/** Mail on or off for oneself, and a test of it. */
export function MailChoice() {
  const mail = useQuery(mailQuery);
  const queryClient = useQueryClient();
  const choosing = useTask();
  const trying = useTask();
  if (mail.data === undefined) {
    return mail.isError ? (
      <Refusal title="Whether you get mail could not be read" error={mail.error} onRetry={() => void mail.refetch()} />
    ) : (
      <Skeleton rows={1} what="whether you get mail" />
    );
  }
  const { address, wantsMail, hasServer } = mail.data;
  const choose = async (next: boolean): Promise<void> => {
    await choosing.run(() => ask(chooseMail, { body: { wantsMail: next } }), next ? "Mail is on" : "Mail is off");
    await queryClient.invalidateQueries({ queryKey: mailQuery.queryKey });
  };
  const test = async (): Promise<void> => {
    await trying.run(() => ask(tryMail, {}), "A test mail is on its way; the deliveries say how it went");
    await queryClient.invalidateQueries({ queryKey: deliveriesQuery.queryKey });
  };
  return (
    <div className="stack">
      <div className="setting-row">
        <Switch isOn={wantsMail} onChange={(next) => void choose(next)} isDisabled={choosing.isBusy}>
          Mail to me is
        </Switch>
        <Button isDisabled={!hasServer || address === undefined || trying.isBusy} onPress={() => void test()}>
          Send me a test
        </Button>
      </div>
      <p className="note">
        {address === undefined ? (
          "Your organisation has no address of yours. Its administrators can add one among the members."
        ) : (
          <>
            Goes to <code>{address}</code>, as your organisation has it.
          </>
        )}
        {hasServer ? null : " No mail leaves this server: whoever runs it has not set SMTP_URL."}
      </p>
      {choosing.error === undefined ? null : <Refusal title="It stays as it was" error={choosing.error} />}
      {trying.error === undefined ? null : <Refusal title="No test was sent" error={trying.error} />}
    </div>
  );
}
