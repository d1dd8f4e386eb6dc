/** What stands before the host or behind the path, and says nothing about which repository it is. */
const BEFORE = /^(?:[a-z][a-z0-9+.-]*:\/\/|[^/@]*@)+/;
const BEHIND = /(?:[?#].*|\/|\.git)$/s;

/** No repository's address is as long. */
const MAX_LOCATION_LENGTH = 2000;

/**
 * `https://github.com/Apple/swift-nio.git` and `git@github.com:apple/swift-nio` are `github.com/apple/swift-nio`:
 * SwiftPM takes addresses that differ in scheme, user, port, case or `.git` for one repository.
 */
export function canonicalLocation(address: string): string {
  let location = address.toLowerCase();
  if (location.length > MAX_LOCATION_LENGTH) return location;
  for (let before = ""; before !== location;) {
    before = location;
    location = location
      .replace(BEFORE, "")
      .replace(/^([^/:]+):\d+(?=\/)/, "$1")
      .replace(/^([^/:]+):(?=[^/])/, "$1/")
      .replace(BEHIND, "");
  }
  return location;
}

/** The name by which SwiftPM's commands know a package: the last part of its address. */
export function packageIdentity(location: string): string {
  return location.slice(location.lastIndexOf("/") + 1);
}
