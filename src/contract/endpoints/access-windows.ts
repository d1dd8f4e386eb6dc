import { z } from "zod";
import { GRANT_KINDS } from "../../vocabulary/access-window.ts";
import { asking, nameText, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { windowSchema } from "../model-schemas.ts";
import { statedHour } from "../stated-hour.ts";

const modelParam = z.object({ model: z.uuid() });
const windowParam = z.object({ window: z.uuid() });

const windowBody = z.object({
  kind: z.enum(GRANT_KINDS),
  name: nameText,
  opens: statedHour,
  closes: statedHour.optional().describe("Absent = as late as the bounds allow"),
});
export type StatedWindow = z.output<typeof windowBody>;

export const addWindow = endpoint({
  ...sending,
  id: "addAccessWindow",
  path: "/api/models/{model}/windows",
  title: "Add a window",
  description:
    "A testing window, or the next partner stage. It opens by itself at its hour once its credential was given, and closes by itself.",
  access: "model.enrol",
  params: modelParam,
  body: windowBody,
  answer: windowSchema,
});

export const giveCredential = endpoint({
  ...sending,
  id: "giveCredential",
  path: "/api/windows/{window}/credential",
  title: "Give a window its credential",
  description: "Once. It is sealed under a key of this window alone, which is destroyed with the window's end. Nothing returns it.",
  access: "model.enrol",
  params: windowParam,
  body: z.object({
    credential: z
      .string()
      .trim()
      .max(16_384)
      // It goes into a header.
      .regex(/^[\x21-\x7e]+$/, "expected visible characters of ASCII without spaces"),
  }),
  answer: windowSchema,
});

export const extendWindow = endpoint({
  ...sending,
  id: "extendAccessWindow",
  path: "/api/windows/{window}/extension",
  title: "Extend a window",
  description: "By the lab alone, and within every bound.",
  access: "model.enrol",
  params: windowParam,
  body: z.object({ closes: statedHour.optional().describe("Absent = as late as the bounds allow") }),
  answer: windowSchema,
});

export const endWindow = endpoint({
  ...asking,
  id: "endAccessWindow",
  path: "/api/windows/{window}/end",
  title: "End access now",
  description:
    "By the lab, at any moment; it is asked for no reason. When the answer comes nothing goes through any more, and a credential that was kept here is destroyed; gateways of the lab's own destroy theirs and state it.",
  access: "model.enrol",
  params: windowParam,
  answer: windowSchema,
});

export const windowEndpoints = [addWindow, giveCredential, extendWindow, endWindow] as const;
