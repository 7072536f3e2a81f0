import { Resolver } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";
import ipaddr from "ipaddr.js";

/** The target of a webhook is not on the public internet, and nobody has allowed it by name. */
export class PrivateAddressError extends Error {
  override name = "PrivateAddressError";

  constructor() {
    super("the address is private, link-local or otherwise not public");
  }
}

/** What IANA has given out for unicast; the rest of IPv6 is none of the internet's. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address is one of the public internet: neither private nor link-local, loopback, shared (RFC 6598),
 * multicast, reserved, nor an IPv6 one that leads to an IPv4 one by translation or a tunnel (NAT64, 6to4, Teredo). An
 * IPv4-mapped one is what it maps.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_UNICAST);
}

/** Gives the addresses of a name. */
export type Resolve = (hostname: string) => Promise<string[]>;

/**
 * Asks the name servers itself. The system's `lookup` has four threads for the whole process: names that nobody answers
 * for would keep the sender from the carrier's.
 */
export function createResolve(): Resolve {
  const resolver = new Resolver({ timeout: 1500, tries: 2 });
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    const [first] = answers;
    if (addresses.length === 0 && first.status === "rejected") throw first.reason;
    return addresses;
  };
}

/**
 * A look-up that gives public addresses alone. It is made for the very connection that follows, so that a name which
 * answers differently the next time is of no use.
 */
export const publicLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    callbackify(publicAddresses)(hostname, resolve, (error, found) => {
      if (error) return callback(error, "", 0);
      const [first] = found;
      return options.all ? callback(null, [...found]) : callback(null, first.address, first.family);
    });
  };

async function publicAddresses(hostname: string, resolve: Resolve) {
  const [first, ...others] = (await resolve(hostname)).map((address) => ({ address, family: isIP(address) }));
  const found = first ? ([first, ...others] as const) : undefined;
  // One that is not public spoils the others: no honest name has both.
  if (!found?.every(({ address }) => isPublicAddress(address))) throw new PrivateAddressError();
  return found;
}
