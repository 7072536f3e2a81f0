import type { ProcessName } from "@watchword/config";

/**
 * Flags of Node itself, as docker-compose.yml has them. The worker has hundreds of requests at hand at a time: its heap
 * is collected when it has grown by 30 %, and not when it is several times as large, at no cost in speed that can be seen.
 */
export const nodeFlags: Readonly<Partial<Record<ProcessName, readonly string[]>>> = {
  worker: ["--heap-growing-percent=30", "--max-semi-space-size=16"],
};
