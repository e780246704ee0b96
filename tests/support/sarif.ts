// The schema of SARIF 2.1.0 as OASIS published it, in a package of Microsoft's, as a check of documents.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ErrorObject } from "ajv";

const FILE = createRequire(import.meta.url)
  .resolve("@microsoft/jest-sarif")
  .replace(/jest-sarif\/.*/, "jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

// Draft 04 by name, but with nothing in it that draft 07 reads otherwise.
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(FILE, "utf8"));
// Its formats (uri, date-time) are not ajv's own, and one of its patterns is none with the flag u.
const options = { allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false };
const validate = new Ajv(options).compile(schema);

/** What is wrong with a SARIF document. */
export function sarifFaults(text: string): readonly ErrorObject[] {
  return validate(JSON.parse(text)) ? [] : (validate.errors ?? []);
}
