// The licences of the packages whose code is in a bundle, as one text to publish with it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of packages among the inputs of a bundle: "node_modules/pg", "node_modules/@scope/name". */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

export function licencesOf(root, inputs) {
  const folders = inputs.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []);
  const parts = [...new Set(folders)].sort().map((folder) => licenceOf(join(root, folder)));
  return `godwit holds code of these packages.\n${parts.join("")}`;
}

function licenceOf(folder) {
  const { license, name, repository, version } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  const text = file === undefined ? readmeLicence(folder) : readFileSync(join(folder, file), "utf8");
  if (text === undefined && license === undefined) throw new Error(`${name} has no licence`);
  const source = typeof repository === "string" ? repository : (repository?.url ?? "");
  const head = [`${name} ${version}`, `Licence: ${license ?? "see below"}`, source].filter(
    (line) => line !== "",
  );
  return `\n${"-".repeat(80)}\n${head.join("\n")}\n\n${text?.trim() ?? standardText(license, name)}\n`;
}

/** Some packages have their licence at the end of the readme only. */
function readmeLicence(folder) {
  const file = readdirSync(folder).find((entry) => /^readme(\.|$)/i.test(entry));
  if (file === undefined) return undefined;
  return /^#+\s*licen[cs]e\s*\n([\s\S]+)/im.exec(readFileSync(join(folder, file), "utf8"))?.[1];
}

function standardText(license, name) {
  throw new Error(`${name} (${license}) comes without the text of its licence; add it here by hand`);
}
