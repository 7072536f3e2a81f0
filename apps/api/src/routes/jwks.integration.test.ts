import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";

const secret = (kid: string, text: string) => ({ kid, key: Buffer.from(text.padEnd(32, "-")) });
const api = await startTestApi({
  secrets: [secret("new", "a secret of the jwks tests"), secret("old", "a former one")],
});

const decode = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
const keys = async () => {
  const answer = await api.app.inject("/.well-known/jwks.json");
  expect(answer.statusCode).toBe(200);
  return answer.json<{ keys: (JsonWebKey & { kid: string })[] }>().keys;
};

/** Verifies a JWT as another service would: with the published key that its header names. */
async function verified(token: string): Promise<Record<string, unknown>> {
  const [header, payload, signature = ""] = token.split(".");
  const key = (await keys()).find(({ kid }) => kid === decode(header)["kid"]);
  if (!key) throw new Error("no key of that name");
  const data = Buffer.from(`${header}.${payload}`);
  const good = verify(null, data, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url"));
  if (!good) throw new Error("the signature does not hold");
  return decode(payload);
}

async function token() {
  const { id, to, code } = await api.start();
  const answer = await api.post(`/v1/verifications/${id}/check`, { code });
  return { id, to, token: answer.json<{ token: string }>().token };
}

describe("GET /.well-known/jwks.json", () => {
  test("200 without a key, cacheable, with the public half of every secret and nothing else", async () => {
    const answer = await api.app.inject("/.well-known/jwks.json");
    expect(answer.headers["cache-control"]).toBe("public, max-age=300");
    const parts = { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", x: expect.stringMatching(/^[\w-]{43}$/) };
    expect(answer.json()).toEqual({
      keys: [
        { ...parts, kid: "new" },
        { ...parts, kid: "old" },
      ],
    });
  });

  test("verifies the token of a check, which says what was proven and holds no number", async () => {
    const { id, to, token: proof } = await token();
    const claims = await verified(proof);
    expect(claims).toEqual({
      iss: "https://verify.example.com",
      aud: api.core.application.id,
      sub: id.slice(3, 19),
      jti: id,
      verification_id: id,
      purpose: "phone_verification",
      iat: expect.any(Number),
      exp: Number(claims["iat"]) + 300,
    });
    expect(JSON.stringify(claims)).not.toContain(to.slice(1));
    expect(decode(proof.split(".")[0])).toEqual({ alg: "EdDSA", typ: "JWT", kid: "new" });
  });

  test("does not verify a token that was changed", async () => {
    const { token: proof } = await token();
    const [header, payload, signature] = proof.split(".");
    const changed = Buffer.from(JSON.stringify({ ...decode(payload), sub: "somebody else" })).toString("base64url");
    await expect(verified(`${header}.${changed}.${signature}`)).rejects.toThrow("does not hold");
  });
});
