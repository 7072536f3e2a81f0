// Holds the API's own description to its rules: `npm run lint:openapi`.
import { openApiDocument } from "@watchword/api/openapi";
import { lintDocument } from "./openapi/lint.ts";

const problems = await lintDocument(await openApiDocument("https://verify.example.com"));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
