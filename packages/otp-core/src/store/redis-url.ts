interface Address {
  host: string;
  port: number;
}

interface Login {
  username?: string;
  password?: string;
}

/** Where Redis is: one server, the master that Sentinels name, or a cluster. */
export type RedisLocation =
  | { kind: "server"; url: string }
  | {
      kind: "sentinel";
      tls: boolean;
      sentinels: Address[];
      /** Of the Sentinels themselves; the other login is the servers'. */
      sentinelLogin: Login;
      /** The master's name, as the Sentinels know it. */
      name: string;
      login: Login;
      db: number;
    }
  | { kind: "cluster"; tls: boolean; nodes: Address[]; login: Login };

/** No URL parser takes several hosts: `scheme://login@hosts/path?query`. */
const SHAPE = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const SENTINEL_PATH = /^([\w.-]+)(?:\/(\d{1,4}))?$/;
const ADDRESS = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;

const SENTINEL_PORT = 26_379;
const SERVER_PORT = 6379;

/**
 * Reads a connection string: `redis://…` as the IANA scheme has it, `redis+sentinel://user:password@h1:p1,h2:p2/name/db`
 * with `?sentinel_user=…&sentinel_password=…` where the Sentinels want a login too, or
 * `redis+cluster://user:password@h1:p1,h2:p2`; `rediss` is TLS, to all of them.
 * @throws where it is none of these; never with a part of it, which may be a password.
 */
export function parseRedisUrl(url: string): RedisLocation {
  if (/^rediss?:\/\//.test(url)) return { kind: "server", url };
  const [, scheme, kind, login, hosts = "", path = "", query = ""] = SHAPE.exec(url) ?? [];
  const tls = scheme === "rediss";
  if (kind === "cluster" && path === "" && query === "")
    return { kind, tls, nodes: addresses(hosts, SERVER_PORT), login: parseLogin(login) };
  const [, name, db = "0"] = SENTINEL_PATH.exec(path) ?? [];
  if (kind !== "sentinel" || name === undefined) throw notUnderstood();
  return {
    kind,
    tls,
    sentinels: addresses(hosts, SENTINEL_PORT),
    sentinelLogin: parseQuery(query),
    name,
    login: parseLogin(login),
    db: Number(db),
  };
}

const notUnderstood = () => new Error("the Redis URL is none that Watchword understands");

function addresses(hosts: string, defaultPort: number): Address[] {
  return hosts.split(",").map((address) => {
    const [, host, port = String(defaultPort)] = ADDRESS.exec(address) ?? [];
    if (host === undefined || !URL.canParse(`redis://${host}`)) throw notUnderstood();
    if (Number(port) < 1 || Number(port) > 65_535) throw notUnderstood();
    return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  });
}

function parseLogin(text = ""): Login {
  if (text === "") return {};
  const [, username = "", password = ""] = /^([^:]*):(.+)$/.exec(text) ?? [];
  return loginOf(decode(username), decode(password));
}

/** Not by URLSearchParams, to which a plus is a space: passwords may hold one. */
function parseQuery(query: string): Login {
  if (query === "") return {};
  const given = new Map<string, string>();
  for (const [, name = "", value = ""] of query.split("&").map((pair) => /^([^=]*)=(.*)$/.exec(pair) ?? [])) {
    if (!/^sentinel_(user|password)$/.test(name) || given.has(name)) throw notUnderstood();
    given.set(name, decode(value));
  }
  return loginOf(given.get("sentinel_user") ?? "", given.get("sentinel_password") ?? "");
}

function loginOf(username: string, password: string): Login {
  if (password === "") throw notUnderstood();
  return { password, ...(username !== "" && { username }) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notUnderstood();
  }
}
