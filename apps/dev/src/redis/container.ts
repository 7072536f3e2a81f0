import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { StartedTestContainer } from "testcontainers";
import { pingUntilReady } from "./ping.ts";
import { type AttemptResult, messageOf, never, publicUrl, type RedisRequest } from "./running-redis.ts";
import { serverOptions } from "./server-options.ts";

const IMAGE = "redis:8-trixie";
const ENGINE_MS = 10_000;
const START_MS = 90_000;

class TimedOut extends Error {}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`not done after ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether something listens where `DOCKER_HOST` points; testcontainers would quietly take another engine instead. */
function listens(dockerHost: string): Promise<boolean> {
  const { protocol, hostname, port, pathname } = new URL(dockerHost);
  const target = protocol === "unix:" ? { path: pathname } : { host: hostname, port: Number(port) || 2375 };
  return new Promise((resolve) => {
    const socket = connect(target);
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.setTimeout(3_000, () => answer(false));
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
  });
}

/** A Redis in a container, where a Docker engine answers; its data goes with it. */
export async function containerRedis(request: RedisRequest, image = IMAGE, startMs = START_MS): Promise<AttemptResult> {
  const dockerHost = request.env["DOCKER_HOST"];
  if (dockerHost && URL.canParse(dockerHost) && !(await listens(dockerHost)))
    return { kind: "absent", reason: "no Docker engine answers at DOCKER_HOST" };
  const { GenericContainer, getContainerRuntimeClient, ImageName, Wait } = await import("testcontainers");
  try {
    const engine = await within(ENGINE_MS, getContainerRuntimeClient());
    if (!(await within(ENGINE_MS, engine.image.exists(ImageName.fromString(image)))))
      request.say(`Getting the image ${image} (at most ${startMs / 1000} s) …`);
  } catch {
    return { kind: "absent", reason: "no Docker engine answers" };
  }

  // Docker publishes the port on every address of the machine, so this one has a password.
  const password = randomBytes(16).toString("hex");
  const starting = new GenericContainer(image)
    .withExposedPorts(6379)
    .withCommand(["redis-server", ...serverOptions(request, { requirepass: password, bind: "*" })])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .withStartupTimeout(startMs)
    .start();
  let container: StartedTestContainer | undefined;
  try {
    container = await within(startMs, starting);
    const url = `redis://:${password}@${container.getHost()}:${container.getMappedPort(6379)}`;
    await pingUntilReady(url, { timeoutMs: 10_000 });
    return { kind: "running", redis: runningContainer(container, url, image) };
  } catch (error) {
    // One that starts after all is not left behind; its own failure is already told.
    if (error instanceof TimedOut) starting.then((late) => late.stop()).catch(() => {});
    else await container?.stop();
    return { kind: "failed", reason: `A Docker engine answers but gave no ${image} (${messageOf(error)})` };
  }
}

function runningContainer(container: StartedTestContainer, url: string, image: string) {
  const stop = async () => {
    await container.stop({ timeout: 10_000 });
  };
  return {
    url,
    source: "container" as const,
    description: `container ${image} at ${publicUrl(url)}, data deleted when it stops`,
    stop,
    kill: () => {}, // the engine's; its reaper removes it when this process has gone
    lost: never,
  };
}
