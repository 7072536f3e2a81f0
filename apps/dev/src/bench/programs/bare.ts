// Reference: the least that a route with one Lua call, and one with a job besides, can cost on Fastify and BullMQ.
import { Queue } from "bullmq";
import Fastify from "fastify";
import { Redis } from "ioredis";

const [redisUrl = "", port = ""] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableAutoPipelining: true });
const queue = new Queue("bare", { connection: redis, prefix: "{bare}" });
const lua = "redis.call('SET', KEYS[1], ARGV[1], 'PX', 300000) return 1";
const app = Fastify();

const to = { body: { type: "object", required: ["to"], properties: { to: { type: "string" } } } };
app.post<{ Body: { to: string } }>("/add", { schema: to }, async (request, reply) => {
  const { to: id } = request.body;
  await redis.eval(lua, 1, `bare:${id}`, "1");
  await queue.add("deliver", { id }, { jobId: id });
  return reply.code(202).send({ id });
});

const code = { body: { type: "object", required: ["code"], properties: { code: { type: "string" } } } };
app.post<{ Params: { id: string }; Body: { code: string } }>("/lua/:id", { schema: code }, async (request) => {
  await redis.eval(lua, 1, `bare:${request.params.id}`, request.body.code);
  return { valid: false };
});

await queue.waitUntilReady();
await app.listen({ host: "127.0.0.1", port: Number(port) });
