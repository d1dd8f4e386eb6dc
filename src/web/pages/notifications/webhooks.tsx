import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { addWebhook, removeWebhook, tryWebhook, type listWebhooks } from "../../../contract/endpoints/notifications.ts";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { deliveriesQuery, webhooksQuery } from "./notification-queries.ts";

type Webhook = AnswerOf<typeof listWebhooks>["rows"][number];

export function Webhooks() {
  const webhooks = useQuery(webhooksQuery);
  const queryClient = useQueryClient();
  const task = useTask();
  const [leaving, setLeaving] = useState<Webhook>();
  const refresh = async (): Promise<void> => {
    await Promise.all([webhooksQuery, deliveriesQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })));
  };
  const act = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    await task.run(work, said);
    await refresh();
  };
  if (webhooks.data === undefined) {
    return webhooks.isError ? (
      <Refusal title="The webhooks could not be read" error={webhooks.error} onRetry={() => void webhooks.refetch()} />
    ) : (
      <Skeleton rows={2} what="the webhooks" />
    );
  }
  const test = ({ id }: Webhook): void =>
    void act(() => ask(tryWebhook, { params: { webhook: id } }), "A test is on its way; the deliveries say how it went");
  return (
    <div className="webhooks">
      {webhooks.data.rows.length === 0 ? (
        <Empty title="No webhook yet">
          <p>A webhook lets a system of yours know at once, so that it can ask the API what there is. Messages follow Standard Webhooks.</p>
        </Empty>
      ) : (
        <DataTable label="Webhooks" columns={columnsWith(test, setLeaving, task.isBusy)} rows={webhooks.data.rows} rowId={({ id }) => id} />
      )}
      {task.error === undefined ? null : <Refusal title="That was not done" error={task.error} />}
      <AddWebhook onAdded={refresh} />
      <Confirm
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Remove the webhook to ${leaving?.location ?? ""}`}
        word="Remove the webhook"
        isEnd
        onConfirm={() =>
          leaving === undefined ? undefined : act(() => ask(removeWebhook, { params: { webhook: leaving.id } }), "The webhook is removed")
        }
      >
        <p>
          Nothing goes there any more, and what is on its way is withdrawn. Its secret is of no further use. To go on, it is added anew.
        </p>
      </Confirm>
    </div>
  );
}

function columnsWith(test: (row: Webhook) => void, leave: (row: Webhook) => void, isBusy: boolean): readonly Column<Webhook>[] {
  return [
    {
      id: "location",
      header: "Goes to",
      cell: ({ location }) => <code>{location}</code>,
      fileValue: ({ location }) => location,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "since",
      header: "Since",
      cell: ({ createdAtMs }) => <Instant ms={createdAtMs} form="day" />,
      fileValue: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
      stacked: "line",
      widthPercent: 18,
    },
    {
      id: "do",
      header: "Actions",
      isHeaderHidden: true,
      align: "end",
      cell: (row) => (
        <span className="row-buttons">
          <Button size="row" label={`Send ${row.location} a test`} isDisabled={isBusy} onPress={() => test(row)}>
            Test
          </Button>
          <Button size="row" look="end" label={`Remove the webhook to ${row.location}`} onPress={() => leave(row)}>
            Remove
          </Button>
        </span>
      ),
      fileValue: () => undefined,
      stacked: "side",
    },
  ];
}

function AddWebhook({ onAdded }: { readonly onAdded: () => Promise<void> }) {
  const [url, setUrl] = useState("");
  const [added, setAdded] = useState<AnswerOf<typeof addWebhook>>();
  const task = useTask();
  const add = async (): Promise<void> => {
    setAdded(undefined);
    const isDone = await task.run(
      async () => setAdded(await ask(addWebhook, { body: { url: url.trim() } })),
      "The webhook is added; its secret is shown once",
    );
    if (!isDone) return;
    setUrl("");
    await onAdded();
  };
  return (
    <>
      <Form
        className="webhook-form"
        aria-label="Add a webhook"
        onSubmit={(event) => {
          event.preventDefault();
          if (url.trim() !== "") void add();
        }}
      >
        <TextInput
          label="Add a webhook"
          hint="An https URL. Private addresses are refused unless whoever runs this server lists the host in ALLOWED_PRIVATE_HOSTS."
          value={url}
          onChange={setUrl}
          error={
            task.error === undefined
              ? undefined
              : isCodedError(task.error)
                ? task.error.message
                : "The server did not answer; nothing was added"
          }
          isMono
        />
        <Button type="submit" isDisabled={task.isBusy}>
          Add
        </Button>
      </Form>
      {added === undefined ? null : (
        <section className="notice" aria-label="Secret of the new webhook">
          <h3>Its secret, shown once</h3>
          <p className="second">
            {added.location} checks the signature of each message with it. Here it is sealed and cannot be shown again.
          </p>
          <p className="webhook-secret">
            <CopyableId value={added.secret} />
          </p>
          <Button onPress={() => setAdded(undefined)}>It is kept</Button>
        </section>
      )}
    </>
  );
}
