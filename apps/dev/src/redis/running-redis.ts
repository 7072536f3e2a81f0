export interface RunningRedis {
  url: string;
  source: "REDIS_URL" | "server" | "container";
  /** One line for people: what it is, where, and where its data is; no password. */
  description: string;
  /** Ends it, if it was started here. */
  stop(): Promise<void>;
  /** Kills it without waiting, if it was started here. */
  kill(): void;
  /** Resolves with what happened when it goes away without `stop()`, as far as that can be known. */
  lost: Promise<string>;
}

export interface RedisRequest {
  env: Record<string, string | undefined>;
  /** Where a server's data stays; without it the data is in a temporary folder that goes with the server. */
  dataDir?: string;
  /** Whether every acknowledged write must survive a crash of Redis (AOF, `appendfsync always`). */
  durable: boolean;
  say: (line: string) => void;
}

export type AttemptResult =
  | { kind: "running"; redis: RunningRedis }
  /** This way does not exist here: not worth a line of its own. */
  | { kind: "absent"; reason: string }
  /** This way exists and did not work. */
  | { kind: "failed"; reason: string };

export type Attempt = (request: RedisRequest) => Promise<AttemptResult>;

export const never: Promise<string> = new Promise(() => {});

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A Redis URL without its user and password. */
export function publicUrl(url: string): string {
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}
