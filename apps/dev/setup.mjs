// What `npm start` and `npm test` run first, on whatever Node is there: the exact pnpm of package.json installs the lockfile.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

const [major] = process.versions.node.split(".");
if (Number(major) < 20) {
  console.error(`Watchword needs Node 20 or later to install itself; this is ${process.version}.`);
  process.exit(1);
}

if (!existsSync(new URL("node_modules", root))) {
  console.log(`Installing with ${packageManager} (once, about half a minute) …`);
}
const args = ["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=silent"];
const { status, error } = spawnSync("npx", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
if (status !== 0) {
  console.error(
    `Installing failed (${error?.message ?? `exit status ${status}`}). To see why: npx ${packageManager} install --frozen-lockfile`,
  );
  process.exit(1);
}
