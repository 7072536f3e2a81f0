/* oxlint-disable unicorn/no-thenable -- Spectral calls what a rule does its `then` */
import type { RulesetDefinition } from "@stoplight/spectral-core";
import { casing, pattern, schema, truthy } from "@stoplight/spectral-functions";
import { oas } from "@stoplight/spectral-rulesets";

const operations = "$.paths[*][get,put,post,delete,patch]";
const keyed = "$.paths[?(@property.match(/^\\/(v1|auth)\\//))][get,put,post,delete,patch]";
const has = (...names: string[]) => ({
  function: schema,
  functionOptions: { schema: { type: "object", required: names } },
});

/** What a reader of the document may rely on, besides that it is valid: spectral's own rules and Watchword's. */
export const ruleset: RulesetDefinition = {
  extends: [[oas as RulesetDefinition, "all"]],
  rules: {
    // Whoever runs the service is known by its address alone.
    "contact-properties": "off",
    // A licence has an SPDX identifier instead of an address (OpenAPI 3.1).
    "license-url": "off",
    // In the order in which they are read.
    "openapi-tags-alphabetical": "off",
    // The address is the operator's; the linted document shows an example.
    "oas3-server-not-example.com": "off",

    "watchword-operation-summary": {
      description: "Every operation has a summary",
      severity: "error",
      given: operations,
      then: { field: "summary", function: truthy },
    },
    "watchword-operation-id": {
      description: "Generated clients name their methods by it: camelCase",
      severity: "error",
      given: `${operations}.operationId`,
      then: { function: casing, functionOptions: { type: "camel" } },
    },
    "watchword-examples": {
      description: "Every body, to send or answered, has examples with names",
      severity: "error",
      given: [`${operations}.requestBody.content[*]`, `${operations}.responses[*].content[*]`],
      then: [
        { field: "examples", function: truthy },
        { field: "schema", function: truthy },
      ],
    },
    "watchword-answers-described": {
      description: "Every answer says what it is",
      severity: "error",
      given: `${operations}.responses[*].description`,
      then: { function: pattern, functionOptions: { notMatch: "^(Default Response)?$" } },
    },
    "watchword-key": {
      description: "Whatever asks for a key says how it refuses one, and that it may fail",
      severity: "error",
      given: `${keyed}.responses`,
      then: has("401", "500", "503"),
    },
    "watchword-body-refusals": {
      description: "Whatever reads a body says how it refuses one",
      severity: "error",
      given: "$.paths[*][?(@ && @.requestBody)].responses",
      then: has("400", "413", "415"),
    },
    "watchword-challenge": {
      description: "A 401 says how to authenticate (RFC 9110)",
      severity: "error",
      given: `${operations}.responses['401'].headers`,
      then: has("WWW-Authenticate"),
    },
    "watchword-retry": {
      description: "What may succeed later says when",
      severity: "error",
      given: `${operations}.responses[?(@property === '429' || @property === '503')]`,
      then: { field: "headers.Retry-After", function: truthy },
    },
    "watchword-limits": {
      description: "A refusal by a limit names the limit",
      severity: "error",
      given: `${operations}.responses['429'].headers`,
      then: has("RateLimit", "RateLimit-Policy"),
    },
    "watchword-problems": {
      description: "A refusal is a problem (RFC 9457); only the two-endpoint form has its own",
      severity: "error",
      given: "$.paths[?(!@property.match(/^\\/auth\\//))][*].responses[?(@property >= '400')].content",
      then: has("application/problem+json"),
    },
    "watchword-field-names": {
      description: "Fields are snake_case; phoneNumber is what common samples send",
      severity: "error",
      given: "$..properties[?(@property !== 'phoneNumber')]~",
      then: { function: pattern, functionOptions: { match: "^[a-z][a-z0-9]*(_[a-z0-9]+)*$" } },
    },
    "watchword-named-answers": {
      description: "Answers are schemas with names, so that generated clients have types with names",
      severity: "error",
      given: `${operations}.responses[?(@property < '400')].content[*].schema`,
      then: { field: "$ref", function: truthy },
      resolved: false,
    },
  },
};
