// Writes applications.schema.json: `npm run schema`, after a change of what a file of applications may hold.
import { writeFileSync } from "node:fs";
import { eventTypes, limitBounds } from "@watchword/otp-core";
import { applicationsJsonSchema } from "./json-schema.ts";

const path = new URL("../../applications.schema.json", import.meta.url);
writeFileSync(path, `${JSON.stringify(applicationsJsonSchema({ eventTypes, limitBounds }), null, 2)}\n`);
