import { randomBytes } from "node:crypto";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { createKeyring, type Secret } from "./keyring.ts";
import { createTokenSigner, type TokenSigner } from "./token.ts";

const issuer = "https://verify.example.com";
const claims = { applicationId: "shop", verificationId: "vf_1", phoneHash: "AbCdEfGh-_012345" };
const secret = (kid: string): Secret => ({ kid, key: randomBytes(32) });
const signerOf = (...secrets: Secret[]) => createTokenSigner(createKeyring(secrets), issuer);

/** As an application's other services do: with the published keys alone. */
const verify = (token: string, { jwks }: TokenSigner, audience = "shop") =>
  jwtVerify(token, createLocalJWKSet(jwks), { issuer, audience, algorithms: ["EdDSA"] });

const newer = secret("newer");
const older = secret("older");

describe("a token", () => {
  test("says which application, verification and number was proven, and for what", async () => {
    const signer = await signerOf(newer);
    const { payload } = await verify(await signer.sign(claims), signer);
    expect(payload).toEqual({
      iss: issuer,
      aud: "shop",
      sub: "AbCdEfGh-_012345",
      jti: "vf_1",
      verification_id: "vf_1",
      purpose: "phone_verification",
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
  });

  test("says which payment was approved, and is not proof of a number alone", async () => {
    const signer = await signerOf(newer);
    const context = { amount: "EUR 12.50", payee: "Café Łódź" };
    const { payload } = await verify(await signer.sign({ ...claims, context }), signer);
    expect(payload).toMatchObject({ verification_id: "vf_1", purpose: "payment_approval", context });
  });

  test("is good for five minutes", async () => {
    const { iat = 0, exp = 0 } = decodeJwt(await (await signerOf(newer)).sign(claims));
    expect(exp - iat).toBe(300);
  });

  test("names its algorithm and the writing key", async () => {
    const token = await (await signerOf(newer, older)).sign(claims);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", typ: "JWT", kid: "newer" });
  });

  test("does not verify for another application", async () => {
    const signer = await signerOf(newer);
    await expect(verify(await signer.sign(claims), signer, "bank")).rejects.toThrow(errors.JWTClaimValidationFailed);
  });

  test("does not verify with another's keys, even under the same name", async () => {
    const token = await (await signerOf(newer)).sign(claims);
    await expect(verify(token, await signerOf(secret("newer")))).rejects.toThrow(errors.JWSSignatureVerificationFailed);
  });

  test("does not verify once a claim has been changed", async () => {
    const signer = await signerOf(newer);
    const [header, , signature] = (await signer.sign(claims)).split(".");
    const payload = Buffer.from(JSON.stringify({ iss: issuer, aud: "shop", sub: "another" })).toString("base64url");
    await expect(verify(`${header}.${payload}.${signature}`, signer)).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
  });
});

describe("while keys are rotated", () => {
  test("a token of the older key verifies as long as that is in the ring", async () => {
    const token = await (await signerOf(older)).sign(claims);
    await expect(verify(token, await signerOf(newer, older))).resolves.toMatchObject({ payload: { jti: "vf_1" } });
    await expect(verify(token, await signerOf(newer))).rejects.toThrow(errors.JWKSNoMatchingKey);
  });

  test("nodes with the same secrets sign and publish alike", async () => {
    const [one, two] = [await signerOf(newer, older), await signerOf(newer, older)];
    expect(one.jwks).toEqual(two.jwks);
    await expect(verify(await one.sign(claims), two)).resolves.toBeDefined();
  });
});

test("the published keys have no private half", async () => {
  const { jwks } = await signerOf(newer, older);
  expect(jwks.keys).toEqual(
    ["newer", "older"].map((kid) => ({
      kty: "OKP",
      crv: "Ed25519",
      x: expect.any(String),
      kid,
      alg: "EdDSA",
      use: "sig",
    })),
  );
});
