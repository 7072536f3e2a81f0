import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { WatchwordError } from "../errors.ts";

const NETWORK_GROUPS = 4;

/**
 * What of an address is counted as one place: an IPv4 address as it is, also where IPv6 maps it (`::ffff:192.0.2.1`), and
 * the first 64 bits of any other IPv6 address, since a household or a server has all of those.
 * @throws {WatchwordError} `invalid_request` for what is no address.
 */
export function addressPlace(address: string): string {
  const plain = address.replace(/%.*$/s, "");
  // The library reads far more than is an address, such as 127.1.
  if (isIP(plain) === 0) {
    const errors = [{ field: "client_ip", message: "must be an IP address" }];
    throw new WatchwordError("invalid_request", "client_ip must be an IP address", { errors });
  }
  const place = ipaddr.process(plain);
  if (place instanceof ipaddr.IPv4) return place.toString();
  const network = place.parts.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}
