import { z } from "zod";

/** No URL parser takes several hosts: `scheme://login@hosts/path?query`. */
const SEVERAL_HOSTS = /^rediss?\+(?:sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)((?:\/[^?#]*)?(?:\?[^#]*)?)$/;
const LOGIN = /^[^:]*:.+$/;
const ADDRESS = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::0*[1-9]\d*)?$/i;
const SENTINEL_PART = /^\/[\w.-]+(?:\/\d{1,4})?(?:\?(?:sentinel_user=[^&]+&)?sentinel_password=[^&]+)?$/;

/** `parseRedisUrl` of otp-core reads what this takes; a test of packages/process holds the two together. */
const forms: { scheme: RegExp; isGood: (url: string) => boolean; message: string }[] = [
  {
    scheme: /^rediss?:/,
    isGood: (url) => /^rediss?:\/\/[^/?#]+(?:\/\d{0,4})?(?:\?[^#]*)?$/.test(url) && URL.canParse(url),
    message: "must look like redis://user:password@host:port/database",
  },
  {
    scheme: /^rediss?\+sentinel:/,
    isGood: (url) => hasGoodHosts(url, (rest) => SENTINEL_PART.test(rest)),
    message: "must look like redis+sentinel://user:password@host:port,host:port/master-name/database",
  },
  {
    scheme: /^rediss?\+cluster:/,
    isGood: (url) => hasGoodHosts(url, (rest) => rest === ""),
    message: "must look like redis+cluster://user:password@host:port,host:port, without a database",
  },
];

function hasGoodHosts(url: string, isGoodRest: (rest: string) => boolean): boolean {
  const [, login, hosts = "", rest = ""] = SEVERAL_HOSTS.exec(url) ?? [];
  return (
    (login === undefined || LOGIN.test(login)) &&
    hosts.split(",").every((host) => ADDRESS.test(host) && URL.canParse(`redis://${host}`)) &&
    isGoodRest(rest) &&
    isDecodable(url)
  );
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== "";
  } catch {
    return false;
  }
}

/** Where Redis is: one server, Sentinels or a cluster. A password may have to be percent-encoded. */
export const redisUrl = z
  .string()
  .trim()
  .superRefine((value, context) => {
    const form = forms.find(({ scheme }) => scheme.test(value));
    if (form?.isGood(value)) return;
    const message =
      form?.message ?? "must start with redis://, redis+sentinel:// or redis+cluster://, or with rediss for TLS";
    context.addIssue({ code: "custom", message, input: undefined });
  });
