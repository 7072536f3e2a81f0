import { z } from "zod";
import { applicationsFile } from "./schema.ts";

/** The shape of a file of applications for editors: whatever some environment takes. */
export const applicationsJsonSchema = (eventTypes: readonly string[]): object =>
  z.toJSONSchema(
    applicationsFile({
      production: false,
      voice: true,
      countriesKnown: true,
      pricesKnown: true,
      isKnownCountry: () => true,
      problemOfOwnText: () => undefined,
      eventTypes,
    }),
    { io: "input" },
  );
