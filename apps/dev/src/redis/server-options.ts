interface Needs {
  /** Whether every acknowledged write must survive a crash of Redis. */
  durable: boolean;
}

/** What Watchword needs of a Redis that it starts, besides what a way of starting it adds. */
const configuration = ({ durable }: Needs): Record<string, string> => ({
  daemonize: "no",
  "maxmemory-policy": "noeviction",
  save: "",
  appendonly: durable ? "yes" : "no",
  appendfsync: "always",
});

/** The command-line options of a redis-server. */
export const serverOptions = (needs: Needs, more: Record<string, string>): string[] =>
  Object.entries({ ...configuration(needs), ...more }).flatMap(([name, value]) => [`--${name}`, value]);
