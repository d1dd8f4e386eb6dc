import { z } from "zod";

// The content security policy allows no code made from text. Schemas ask whether they may when they are made,
// so main.tsx imports this file before any of them.
z.config({ jitless: true });
