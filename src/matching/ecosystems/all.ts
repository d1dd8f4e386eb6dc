export { npm } from "./npm/npm.ts";
export { rubygems } from "./rubygems/rubygems.ts";
