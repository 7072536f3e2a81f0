/** Whose `X-Forwarded-…` is believed: addresses and CIDRs, or the number of proxies before the process; nobody's without. */
export type TrustedProxies = number | string[] | undefined;

/**
 * What Fastify's `trustProxy` is to be. A hop count trusts whoever is near: Fastify leaves it out, since nothing holds for
 * a peer that comes past the proxies.
 */
export const trustProxies = (proxies: TrustedProxies): false | string[] | ((address: string, hop: number) => boolean) =>
  typeof proxies === "number" ? (_address, hop) => hop < proxies : (proxies ?? false);
