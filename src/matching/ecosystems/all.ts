export { alpine } from "./alpine/alpine.ts";
export { cratesIo } from "./crates-io/crates-io.ts";
export { debian } from "./debian/debian.ts";
export { go } from "./go/go.ts";
export { npm } from "./npm/npm.ts";
export { pypi } from "./pypi/pypi.ts";
export { rubygems } from "./rubygems/rubygems.ts";
export { ubuntu } from "./ubuntu/ubuntu.ts";
