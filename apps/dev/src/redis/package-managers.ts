export interface PackageManager {
  command: string;
  /** Packages that bring a redis-server or valkey-server, in the order to try them. */
  packages: readonly string[];
  install: (name: string) => readonly string[];
  /** Refreshes the lists of packages, where an install may fail for want of them. */
  refresh?: readonly string[];
  env?: Record<string, string>;
  /** Whether only root may install; the rest refuse root. */
  asRoot: boolean;
  /** Whether its packages start a system service, which is then turned off again. */
  startsService?: true;
}

export const packageManagers: readonly PackageManager[] = [
  {
    command: "apt-get",
    packages: ["redis-server", "valkey-server"],
    install: (name) => ["install", "--yes", "--no-install-recommends", "--option", "DPkg::Lock::Timeout=60", name],
    refresh: ["update"],
    // Run level 1 keeps sysvinit from starting the service.
    env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    asRoot: true,
    startsService: true,
  },
  {
    command: "dnf",
    packages: ["valkey", "redis"],
    install: (name) => ["install", "--assumeyes", name],
    asRoot: true,
  },
  {
    command: "apk",
    packages: ["redis", "valkey"],
    install: (name) => ["add", "--no-cache", name],
    asRoot: true,
  },
  {
    command: "pacman",
    packages: ["valkey", "redis"],
    install: (name) => ["--sync", "--needed", "--noconfirm", name],
    refresh: ["--sync", "--refresh"],
    asRoot: true,
  },
  {
    command: "zypper",
    packages: ["redis", "valkey"],
    install: (name) => ["--non-interactive", "install", name],
    refresh: ["--non-interactive", "refresh"],
    asRoot: true,
  },
  {
    command: "brew",
    packages: ["redis", "valkey"],
    install: (name) => ["install", "--quiet", name],
    asRoot: false,
  },
];
