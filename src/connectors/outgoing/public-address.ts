import { BlockList, isIP } from "node:net";

/** IANA special-purpose registries: networks that are not globally reachable, or that lead back to one that is not. */
const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
const NOT_PUBLIC_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const notPublic = blockList(NOT_PUBLIC_IPV4, NOT_PUBLIC_IPV6);
const globalUnicast = blockList([], ["2000::/3"]);
/** NAT64 and IPv4-mapped addresses carry an IPv4 address in their last 32 bits, and that one is reached. */
const carriesIpv4 = blockList([], ["64:ff9b::/96", "::ffff:0:0/96"]);

/** True for an IP address on the public internet: not loopback, private, link-local (metadata services), reserved or a tunnel into those. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 4) return !notPublic.check(address, "ipv4");
  const embedded = embeddedIpv4(address);
  if (embedded !== undefined) return isPublicAddress(embedded);
  return globalUnicast.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

function embeddedIpv4(address: string): string | undefined {
  if (!carriesIpv4.check(address, "ipv6")) return undefined;
  const canonical = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1);
  const groups = canonical?.split(":").slice(-2);
  if (groups?.length !== 2) return undefined;
  const [high, low] = groups.map((group) => (group === "" ? 0 : Number.parseInt(group, 16)));
  if (high === undefined || low === undefined) return undefined;
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

function blockList(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [networks, family] of [
    [ipv4, "ipv4"],
    [ipv6, "ipv6"],
  ] as const) {
    for (const network of networks) {
      const [address = "", bits = ""] = network.split("/");
      list.addSubnet(address, Number(bits), family);
    }
  }
  return list;
}
