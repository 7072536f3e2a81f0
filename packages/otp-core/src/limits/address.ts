import { isIP } from "node:net";
import { WatchwordError } from "../errors.ts";

const groupsOf = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));

/** The eight 16-bit groups of an IPv6 address (RFC 4291 section 2.2). */
function expand(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = dotted
    ? `${dotted[1]}${[2, 4].map((i) => (Number(dotted[i]) * 256 + Number(dotted[i + 1])).toString(16)).join(":")}`
    : address;
  const [head = "", tail] = hex.split("::");
  const [first, last] = [groupsOf(head), groupsOf(tail ?? "")];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

/**
 * What of an address is counted as one place: an IPv4 address as it is, also where IPv6 maps it (`::ffff:192.0.2.1`), and
 * the first 64 bits of any other IPv6 address, since a household or a server has all of those.
 * @throws {WatchwordError} `invalid_request` for what is no address.
 */
export function addressPlace(address: string): string {
  const plain = address.replace(/%.*$/s, "");
  const version = isIP(plain);
  if (version === 4) return plain;
  if (version !== 6) {
    const errors = [{ field: "client_ip", message: "must be an IP address" }];
    throw new WatchwordError("invalid_request", "client_ip must be an IP address", { errors });
  }
  const groups = expand(plain);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}
