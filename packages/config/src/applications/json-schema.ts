import { z } from "zod";
import type { ApplicationsKnowledge } from "./fields.ts";
import { applicationsFile } from "./schema.ts";

/** The shape of a file of applications for editors: whatever some environment takes. */
export const applicationsJsonSchema = ({
  eventTypes,
  limitBounds,
}: Pick<ApplicationsKnowledge, "eventTypes" | "limitBounds">): object =>
  z.toJSONSchema(
    applicationsFile({
      production: false,
      voice: true,
      countriesKnown: true,
      pricesKnown: true,
      isKnownCountry: () => true,
      problemOfOwnText: () => undefined,
      eventTypes,
      limitBounds,
    }),
    { io: "input" },
  );
