import process from "node:process";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { hashApiKey, KEY_HASH_PREFIX, makeApiKey } from "@watchword/config";

const USAGE = `Makes an API key for an application, and the hash of it for APPLICATIONS_FILE.

  npm run --silent key              prints a new key and its hash
  npm run --silent key -- --stdin   prints the hash of the key on the standard input

The key is kept nowhere: give it to the application, which sends it as "Authorization: Bearer <key>", and put the
hash into its "api_key_hashes". To rotate, add the new hash, change the key in the application, take the old hash away.
In the image: node dist/make-key.js
`;

/** What the API takes as a key, and long enough not to be guessed. */
const USABLE = /^[\x21-\x7e]{24,256}$/;

function options(): { help: boolean; stdin: boolean } {
  try {
    const { values } = parseArgs({
      options: { help: { type: "boolean", short: "h", default: false }, stdin: { type: "boolean", default: false } },
    });
    return values;
  } catch (error) {
    return refuse(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function refuse(message: string): never {
  process.stderr.write(message);
  process.exit(1);
}

const hashLine = (key: string) => `${KEY_HASH_PREFIX}${hashApiKey(key)}\n`;

const { help, stdin } = options();
if (help) {
  process.stdout.write(USAGE);
} else if (stdin) {
  const key = (await text(process.stdin)).trim();
  if (!USABLE.test(key)) refuse("A key is 24 to 256 printable ASCII characters without spaces.\n");
  process.stdout.write(hashLine(key));
} else {
  const key = makeApiKey();
  process.stdout.write(`${key}\n${hashLine(key)}`);
}
