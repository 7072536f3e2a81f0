import { parseRedisUrl } from "@watchword/otp-core/redis-url";
import { z } from "zod";

const forms: { scheme: RegExp; isGood: (url: string) => boolean; message: string }[] = [
  {
    scheme: /^rediss?:/,
    isGood: (url) => /^rediss?:\/\/[^/?#]+(?:\/\d{0,4})?(?:\?[^#]*)?$/.test(url) && URL.canParse(url),
    message: "must look like redis://user:password@host:port/database",
  },
  {
    scheme: /^rediss?\+sentinel:/,
    isGood: isUnderstood,
    message: "must look like redis+sentinel://user:password@host:port,host:port/master-name/database",
  },
  {
    scheme: /^rediss?\+cluster:/,
    isGood: isUnderstood,
    message: "must look like redis+cluster://user:password@host:port,host:port, without a database",
  },
];

function isUnderstood(url: string): boolean {
  try {
    parseRedisUrl(url);
    return true;
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
