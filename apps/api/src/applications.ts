import type { Application } from "@watchword/otp-core";

export interface KeyedApplication extends Application {
  /** SHA-256 of its keys in hex: several while they are rotated. */
  keyHashes: readonly string[];
}

export interface Applications {
  /** @param keyHash SHA-256 of an API key in hex */
  find(keyHash: string): Application | undefined;
  all(): readonly Application[];
  /** Takes these instead, all at once: a request at hand keeps the application that it came with. */
  use(applications: readonly KeyedApplication[]): void;
}

/** The applications by their keys. */
export function createApplications(): Applications {
  let all: readonly Application[] = [];
  let byKeyHash: ReadonlyMap<string, Application> = new Map();
  return {
    find: (keyHash) => byKeyHash.get(keyHash),
    all: () => all,
    use(applications) {
      all = applications;
      byKeyHash = new Map(
        applications.flatMap((application) => application.keyHashes.map((hash) => [hash, application] as const)),
      );
    },
  };
}
