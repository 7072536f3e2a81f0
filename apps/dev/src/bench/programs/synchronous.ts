// Reference: a route that answers when the carrier has, as the common two-route samples do.
import Fastify from "fastify";

const [carrierUrl = "", port = ""] = process.argv.slice(2);
const app = Fastify();
const body = { type: "object", required: ["to"], properties: { to: { type: "string" } } };
app.post<{ Body: { to: string } }>("/send", { schema: { body } }, async (request, reply) => {
  const answer = await fetch(`${carrierUrl}/messages`, {
    method: "POST",
    body: JSON.stringify({ to: request.body.to, text: "123456" }),
  });
  await answer.arrayBuffer();
  return reply.code(202).send({ sent: true });
});
await app.listen({ host: "127.0.0.1", port: Number(port) });
