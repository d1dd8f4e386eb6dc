import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { makeRecoveryCodes } from "../../../contract/endpoints/account.ts";
import { ask } from "../../server-client.ts";
import { RecoveryCodes } from "../../sign-in/recovery-codes.tsx";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/use-task.ts";
import { countText } from "../../words/count-text.ts";
import { accountQuery } from "./account-queries.ts";

export function Codes({ left }: { readonly left: number }) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [codes, setCodes] = useState<readonly string[]>();
  const make = async (): Promise<void> => {
    await task.run(async () => setCodes((await ask(makeRecoveryCodes)).codes), "Ten recovery codes are shown");
    await queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
  };
  if (codes !== undefined) return <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />;
  return (
    <>
      <p>{left === 0 ? "You have none." : `${countText(left, "code")} left. Making new ones ends these.`}</p>
      <RefusedWay title="No codes were made" error={task.error} />
      <div className="account-buttons">
        <Button isDisabled={task.isBusy} onPress={() => void make()}>
          Make ten codes
        </Button>
      </div>
    </>
  );
}
