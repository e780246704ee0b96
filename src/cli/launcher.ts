// What the package's commands start. Picks the bundle of the command, and keeps what V8 made of it beside it: compiling
// is a third of a start, and is the same each time. Whoever may write beside the bundles may change the bundles, so
// that what is kept is as trustworthy as they are; where nothing can be written, nothing is kept, and all works.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** A hash of all bundles: V8 looks at nothing but the length of a text. */
declare const GODWIT_BUILD: string;
/** Commands with a bundle of their own. */
declare const GODWIT_PATHS: readonly string[];

const FOLDER = join(__dirname, "cli");
const KEPT = join(FOLDER, "compiled", `${GODWIT_BUILD}-${process.version}-${process.arch}`);
const CHECKSUM_BYTES = 4;

/** Compiled in this run, by file. */
const compiled = new Map<string, Script>();

function load(module: NodeModule, filename: string): void {
  const kept = readKept(filename);
  const script = new Script(Module.wrap(readFileSync(filename, "utf8")), {
    filename,
    ...(kept === undefined ? {} : { cachedData: kept }),
  });
  if (kept === undefined || script.cachedDataRejected === true) compiled.set(filename, script);
  const run: (...scope: readonly unknown[]) => void = script.runInThisContext();
  run(module.exports, createRequire(filename), module, filename, dirname(filename));
}

const keptPath = (filename: string): string => join(KEPT, `${basename(filename)}.bin`);

/** Undefined where nothing is kept, or what is kept was damaged, of which V8 takes no notice. */
function readKept(filename: string): Buffer | undefined {
  try {
    const bytes = readFileSync(keptPath(filename));
    const data = bytes.subarray(CHECKSUM_BYTES);
    return crc32(data) === bytes.readUInt32LE(0) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** At the end of a run, when what it needed of each bundle has been compiled too. */
function keep(): void {
  try {
    mkdirSync(KEPT, { recursive: true });
    for (const [filename, script] of compiled) {
      const data = script.createCachedData();
      const checksum = Buffer.alloc(CHECKSUM_BYTES);
      checksum.writeUInt32LE(crc32(data));
      const path = keptPath(filename);
      const unfinished = `${path}.${process.pid}`;
      writeFileSync(unfinished, Buffer.concat([checksum, data]));
      try {
        renameSync(unfinished, path);
      } catch (error) {
        rmSync(unfinished, { force: true });
        throw error;
      }
    }
  } catch {
    // A package that cannot be written to, a full disk: the next run compiles as this one did.
  }
}

// Node's own switch for its own such cache (Node documentation, "Module compile cache").
if (process.env["NODE_DISABLE_COMPILE_CACHE"] === undefined) {
  const other = require.extensions[".js"];
  require.extensions[".cjs"] = (module, filename) => {
    if (dirname(filename) === FOLDER) load(module, filename);
    else other?.(module, filename);
  };
  process.on("exit", (code) => {
    // 1: what was judged is not as it should be. Any other number is a run that did not get far.
    if (code <= 1 && compiled.size > 0) keep();
  });
}

const verb = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
require(join(FOLDER, `${verb !== undefined && GODWIT_PATHS.includes(verb) ? verb : "full"}.cjs`));
