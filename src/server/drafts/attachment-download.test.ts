import assert from "node:assert/strict";
import { scene } from "../../../tests/support/draft-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { addAttachment, MAX_ATTACHMENT_BYTES } from "../../contract/endpoints/draft-attachments.ts";
import { createDraft } from "../../contract/endpoints/drafts.ts";

scene("a file's answer is a download whatever it is called or holds", async ({ desk, owner }) => {
  const { id } = await desk.as(owner)(createDraft, { body: {} });
  const page = new TextEncoder().encode("<script>alert(1)</script>");
  const added = await desk.as(owner)(addAttachment, {
    params: { draft: id },
    query: { name: "a'b\"ö.html", mediaType: "text/html", level: "fix" },
    body: page,
  });
  const { headers, body } = await desk.transport(owner)({
    method: "GET",
    path: `/api/drafts/${id}/attachments/${added.id}`,
    headers: {},
    body: undefined,
    signal: undefined,
  });
  assert.deepEqual(new Uint8Array(body), page);
  assert.equal(headers["content-type"], "application/octet-stream");
  assert.equal(headers["content-disposition"], "attachment; filename*=UTF-8''a%27b%22%C3%B6.html");
  const tooLarge = await desk.transport(owner)({
    method: "POST",
    path: `/api/drafts/${id}/attachments?name=x`,
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(MAX_ATTACHMENT_BYTES + 1),
    signal: undefined,
  });
  assert.equal(tooLarge.status, 413);
  for (const name of ["../x", "a/b", "a\\b", "a\nb", ""]) {
    await assert.rejects(
      desk.as(owner)(addAttachment, { params: { draft: id }, query: { name }, body: page }),
      refused("input-invalid"),
      name,
    );
  }
});
