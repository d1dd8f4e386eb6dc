export { npm } from "./npm/npm.ts";
