import { lookup as resolve } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** The target of a webhook is not on the public internet, and nobody has allowed it by name. */
export class PrivateAddressError extends Error {
  override name = "PrivateAddressError";

  constructor() {
    super("the address is private, link-local or otherwise not public");
  }
}

/**
 * Whether an address is one of the public internet: neither private nor link-local, loopback, shared (RFC 6598),
 * multicast, reserved, nor one of these inside an IPv6 one.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === "unicast";
}

/**
 * A look-up that gives public addresses alone. It is used at the moment of connecting, so that a name which answers
 * differently the second time is of no use.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "", 0);
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new PrivateAddressError(), "", 0);
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
