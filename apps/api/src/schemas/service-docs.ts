import type { OperationDocs } from "./operation-docs.ts";

const ok = { ok: { summary: "All is well", value: { status: "ok" } } };

export const aliveDocs: OperationDocs = {
  answers: { 200: { description: "The process is alive.", examples: ok } },
};

export const readyDocs: OperationDocs = {
  answers: { 200: { description: "The process can serve.", examples: ok } },
};

export const jwksDocs: OperationDocs = {
  answers: {
    200: {
      description: "A JWK Set: the key that signs, and those that did or will while keys are rotated.",
      headers: ["Cache-Control"],
      examples: {
        one: {
          summary: "One key",
          value: {
            keys: [
              {
                crv: "Ed25519",
                x: "fe9VF5y6jYtCFln0k1Kdv1RpxtSnnWiJ556uSQ1HkEE",
                kty: "OKP",
                kid: "k1",
                alg: "EdDSA",
                use: "sig",
              },
            ],
          },
        },
      },
    },
  },
};
