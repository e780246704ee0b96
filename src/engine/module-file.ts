// A file in TypeScript or JavaScript into what it exports. Node loads it by itself where it can; TypeScript that it
// cannot (before Node 22.18, and enums and the like after it) goes through the project's own esbuild.
import { createRequire, SourceMap } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { GodwitError, type GodwitErrorFields, messageOf } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import type { ScannedFile } from "../migrations/migration.ts";

export interface ModuleFile {
  readonly exported: Readonly<Record<string, unknown>>;
  /** Where in the file a stack (Error.stack) last was. */
  readonly placeIn: (stack: string | undefined) => Place | undefined;
}

/**
 * `edition` tells one state of the file from another (a checksum): a module is cached by its URL.
 * @throws GodwitError when the file cannot be loaded.
 */
export async function loadModuleFile(
  file: ScannedFile,
  edition: string,
  workingDirectory: string,
): Promise<ModuleFile> {
  const loaded = await load(file, edition, workingDirectory);
  return { exported: recordOf(loaded.namespace), placeIn: (stack) => placeOf(stack, file, loaded) };
}

export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  (typeof value === "object" || typeof value === "function") && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};

// --- loading ---------------------------------------------------------------------------------------------------------

interface Loaded {
  readonly namespace: unknown;
  /** What frames of this module are named in a stack. */
  readonly name: string;
  /** Of a translated module. */
  readonly map: SourceMap | undefined;
}

async function load(file: ScannedFile, edition: string, workingDirectory: string): Promise<Loaded> {
  const { href } = pathToFileURL(file.path);
  // A module is cached by its URL: an edited file is another one.
  const url = `${href}?edition=${edition}`;
  try {
    return { namespace: await import(url), name: href, map: undefined };
  } catch (error) {
    if (!/\.m?ts$/i.test(file.name) || !wantsTranslation(error)) throw loadFailure(file, href, error);
    const esbuild = await findEsbuild([dirname(file.path), workingDirectory]);
    if (esbuild === undefined)
      throw isReadAsCommonJs(file, error) ? loadFailure(file, href, error) : noTranslator(file, error);
    return translated(file, url, esbuild);
  }
}

/** What Node says of TypeScript that it cannot run, and of imports that only a bundler resolves ("./x.js" for x.ts). */
const TRANSLATE: ReadonlySet<unknown> = new Set([
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_INVALID_TYPESCRIPT_SYNTAX",
  "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
  "ERR_NO_TYPESCRIPT",
  "ERR_MODULE_NOT_FOUND",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
]);

const wantsTranslation = (error: unknown): boolean =>
  error instanceof SyntaxError || (error instanceof Error && "code" in error && TRANSLATE.has(error.code));

/** Node runs TypeScript, but the nearest package.json says that .ts files are CommonJS. */
const isReadAsCommonJs = (file: ScannedFile, error: unknown): boolean =>
  "typescript" in process.features &&
  process.features.typescript !== false &&
  error instanceof SyntaxError &&
  /\.ts$/i.test(file.name) &&
  /'(?:export|import)'|import statement/.test(error.message);

function loadFailure(file: ScannedFile, name: string, error: unknown): GodwitError {
  const place = placeOf(stackOf(error), file, { name, map: undefined });
  const isCommonJs = error instanceof SyntaxError && /\.(?:js|ts)$/i.test(file.name);
  return new GodwitError("ERROR", `${file.configuredPath} could not be loaded: ${messageOf(error)}`, {
    ...(place === undefined ? {} : { place }),
    advice: isCommonJs
      ? `Mend the file. If it is a module that is read as CommonJS, name it ${file.name.replace(/\.(js|ts)$/i, ".m$1")}.`
      : "Mend the file and run the command again.",
    cause: error,
  });
}

function noTranslator(file: ScannedFile, error: unknown): GodwitError {
  return new GodwitError(
    "ERROR",
    `${file.configuredPath} is TypeScript that this Node.js does not run: ${messageOf(error)}`,
    {
      place: { file: file.configuredPath, line: 1, column: 1 },
      advice:
        "Use Node.js 22.18 or later, which runs TypeScript without enums and namespaces by itself; or add esbuild to the project (npm install --save-dev esbuild); or write it in JavaScript (.mjs).",
      cause: error,
    },
  );
}

const stackOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : undefined);

// --- esbuild ---------------------------------------------------------------------------------------------------------

/** What is used of the project's esbuild. */
interface Esbuild {
  build(options: object): Promise<unknown>;
}

async function findEsbuild(folders: readonly string[]): Promise<Esbuild | undefined> {
  for (const folder of folders) {
    const path = resolvePackage(folder, "esbuild");
    if (path === undefined) continue;
    const namespace: unknown = await import(pathToFileURL(path).href);
    const found = [namespace, recordOf(namespace)["default"]].find(isEsbuild);
    if (found !== undefined) return found;
  }
  return undefined;
}

function resolvePackage(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, "migration.js")).resolve(name);
  } catch {
    return undefined;
  }
}

const isEsbuild = (value: unknown): value is Esbuild =>
  typeof value === "object" && value !== null && "build" in value && typeof value.build === "function";

/**
 * The module and what it imports as one text, which is loaded as it is: nothing is written beside the user's files.
 */
async function translated(file: ScannedFile, url: string, esbuild: Esbuild): Promise<Loaded> {
  const here = JSON.stringify(url);
  const result = await esbuild
    .build({
      entryPoints: [file.path],
      bundle: true,
      write: false,
      outfile: "migration.mjs",
      format: "esm",
      platform: "node",
      target: `node${NODE_TARGET}`,
      sourcemap: "external",
      define: {
        "import.meta.url": here,
        "import.meta.filename": JSON.stringify(file.path),
        "import.meta.dirname": JSON.stringify(dirname(file.path)),
      },
      banner: {
        // Not a name of our own bundles' banner, which may be in it: a migration imports GodwitError from "godwit".
        js: `import { createRequire as requireBesideFile } from "node:module"; const require = requireBesideFile(${here});`,
      },
      // Where stacks say that the module is.
      footer: { js: `//# sourceURL=${url}` },
      logLevel: "silent",
    })
    .catch((error: unknown) => {
      throw translationFailure(file, error);
    });
  const output = outputOf(result);
  const bytes = Buffer.from(output.js).toString("base64");
  const namespace: unknown = await import(`data:text/javascript;base64,${bytes}`).catch((error: unknown) => {
    throw loadFailure(file, url, error);
  });
  return { namespace, name: url, map: new SourceMap(JSON.parse(output.map)) };
}

/** The oldest Node that godwit runs on. */
const NODE_TARGET = 20;

function outputOf(result: unknown): { readonly js: string; readonly map: string } {
  const files = recordOf(result)["outputFiles"];
  const texts = Array.isArray(files) ? files.map((one) => recordOf(one)) : [];
  const ending = (end: string): string => {
    const found = texts.find((one) => String(one["path"]).endsWith(end));
    const contents = found?.["contents"];
    if (contents instanceof Uint8Array) return Buffer.from(contents).toString("utf8");
    throw new Error(`esbuild gave no ${end}`);
  };
  return { js: ending(".mjs"), map: ending(".map") };
}

/** esbuild's own message with its place in the file: `{ errors: [{ text, location: { line, column } }] }`. */
function translationFailure(file: ScannedFile, error: unknown): GodwitError {
  const errors = recordOf(error)["errors"];
  const first = recordOf(Array.isArray(errors) ? errors[0] : undefined);
  const { line, column } = recordOf(first["location"]);
  const text = typeof first["text"] === "string" ? first["text"] : messageOf(error);
  const fields: GodwitErrorFields = {
    advice: "Mend the file and run the command again.",
    cause: error,
    ...(typeof line === "number" && typeof column === "number"
      ? { place: { file: file.configuredPath, line, column: column + 1 } }
      : {}),
  };
  return new GodwitError("ERROR", `${file.configuredPath} could not be loaded: ${text}`, fields);
}

// --- places ----------------------------------------------------------------------------------------------------------

/** The innermost frame of a stack that is in the file. */
function placeOf(
  stack: string | undefined,
  file: ScannedFile,
  { name, map }: Pick<Loaded, "name" | "map">,
): Place | undefined {
  for (const frame of stack?.split("\n") ?? []) {
    const [, where = "", line, column] = /^(.*?):(\d+)(?::(\d+))?\)?$/.exec(frame) ?? [];
    if (line === undefined || !(where.includes(name) || where.includes(file.path))) continue;
    const at = { line: Number(line), column: Number(column ?? 1) };
    const original = map === undefined ? at : originOf(map, at, file);
    if (original !== undefined) return { file: file.configuredPath, ...original };
  }
  return undefined;
}

interface Spot {
  readonly line: number;
  readonly column: number;
}

/** Frames of what the file imports are in the same text, but not of the file. */
function originOf(map: SourceMap, at: Spot, file: ScannedFile): Spot | undefined {
  const entry: unknown = map.findEntry(at.line - 1, at.column - 1);
  const { originalSource, originalLine, originalColumn } = recordOf(entry);
  if (typeof originalLine !== "number" || typeof originalColumn !== "number") return undefined;
  if (typeof originalSource !== "string" || !originalSource.endsWith(file.name)) return undefined;
  return { line: originalLine + 1, column: originalColumn + 1 };
}
