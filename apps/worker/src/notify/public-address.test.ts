import type { LookupAddress, LookupOptions } from "node:dns";
import { describe, expect, test } from "vitest";
import { isPublicAddress, PrivateAddressError, publicLookup } from "./public-address.ts";

const refused: [what: string, ...addresses: string[]][] = [
  ["loopback", "127.0.0.1", "127.255.255.254", "::1"],
  ["unspecified", "0.0.0.0", "0.1.2.3", "::"],
  ["private", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ["link-local, the metadata service of clouds among it", "169.254.169.254", "fe80::1", "fe80::1%eth0"],
  ["shared (RFC 6598)", "100.64.0.1", "100.127.255.255"],
  ["reserved, for documentation or for benchmarks", "192.0.2.1", "198.18.0.1", "240.0.0.1", "2001:db8::1", "3fff::1"],
  ["multicast or broadcast", "224.0.0.1", "255.255.255.255", "ff02::1"],
  ["unique-local and site-local", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "fec0::1"],
  ["IPv4-mapped", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
  ["IPv4-compatible and translated", "::127.0.0.1", "::10.0.0.1", "::ffff:0:127.0.0.1"],
  ["NAT64", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
  ["6to4 and Teredo", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001::1"],
  ["outside of global unicast", "100::1", "4000::1", "5f00::1"],
  ["no address", "", "localhost", "example.com", "1.2.3.4.5", "127.0.0.1 "],
];

describe("an address is not public that is", () => {
  test.each(refused)("%s", (_what, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

test("addresses of the internet are public, IPv4-mapped ones too", () => {
  const addresses = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8"];
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([]);
});

/** What the connector of a socket gets, and how often the name was asked for. */
async function lookedUp(answers: string[][], options: LookupOptions = { all: true }) {
  const asked: string[] = [];
  const lookup = publicLookup((hostname) => {
    asked.push(hostname);
    return Promise.resolve(answers[asked.length - 1] ?? []);
  });
  const result = await new Promise<{ error: Error | null; address: string | LookupAddress[]; family?: number }>(
    (resolve) => {
      lookup("hooks.example.com", options, (error, address, family) =>
        resolve({ error, address, ...(family !== undefined && { family }) }),
      );
    },
  );
  return { ...result, asked };
}

describe("looking up a name", () => {
  test("gives the very addresses that were checked, asked for once", async () => {
    const { error, address, asked } = await lookedUp([["8.8.8.8", "2606:4700::1111"], ["127.0.0.1"]]);
    expect(error).toBeNull();
    expect(address).toEqual([
      { address: "8.8.8.8", family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ]);
    expect(asked).toEqual(["hooks.example.com"]);
  });

  test("gives one where one is asked for", async () => {
    expect(await lookedUp([["2606:4700::1111"]], {})).toMatchObject({ address: "2606:4700::1111", family: 6 });
  });

  test.each([
    ["a private address", ["10.0.0.1"]],
    ["a private address among public ones", ["8.8.8.8", "10.0.0.1"]],
    ["no address", []],
  ])("refuses %s, in either form", async (_what, answer) => {
    for (const all of [true, false]) {
      expect((await lookedUp([answer], { all })).error).toBeInstanceOf(PrivateAddressError);
    }
  });

  test("says what the name servers said where they know no such name", async () => {
    const lookup = publicLookup(() => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })));
    const error = await new Promise((resolve) => lookup("nowhere.example.com", { all: true }, resolve));
    expect(error).toMatchObject({ code: "ENOTFOUND" });
  });
});
