// The disk: folders into files, files into bytes. The only file here that touches it; what bytes mean is read.ts.
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { sep } from "node:path";
import { GodwitError, messageOf } from "../base/errors.ts";
import { candidateRoots, distinctLocations, type Location, type Remark } from "./locations.ts";
import type { ScannedFile } from "./migration.ts";

export interface ScanInput {
  readonly locations: readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  readonly failOnMissingLocations: boolean;
  /** Missing callback locations are passed over with an information, whatever failOnMissingLocations says. */
  readonly forCallbacks: boolean;
}

export interface Scan {
  /** Location by location, each in order of path. */
  readonly files: readonly ScannedFile[];
  readonly remarks: readonly Remark[];
}

/**
 * Every file in the locations, hidden folders left out. Synchronous on purpose: on a warm cache thousands of small
 * reads one after another take a fraction of the time that a thread pool needs for them.
 */
export function scanLocations(input: ScanInput): Scan {
  const { locations, remarks } = distinctLocations(input.locations, input.workingDirectory);
  const collected: Remark[] = [...remarks];
  const files: ScannedFile[] = [];
  for (const location of locations) {
    for (const file of scanLocation(location, input, collected)) files.push(file);
  }
  return { files: locations.length > 1 ? withoutTwice(files) : files, remarks: collected };
}

/** Overlapping wildcards may find one file twice; it is no duplicate of itself. */
function withoutTwice(files: readonly ScannedFile[]): readonly ScannedFile[] {
  const seen = new Set<string>();
  return files.filter(({ path }) => !seen.has(path) && seen.add(path));
}

function scanLocation(location: Location, input: ScanInput, remarks: Remark[]): readonly ScannedFile[] {
  const roots = candidateRoots(location, input.workingDirectory);
  const found = roots.find(({ absolute }) => isFolder(absolute)) ?? roots[0];
  const problem = found === undefined ? "not found" : folderProblem(found.absolute);
  if (found === undefined || problem !== undefined) {
    remarks.push(missingLocation(location, roots, problem ?? "not found", input));
    return [];
  }
  if (location.scheme === "classpath") {
    remarks.push({
      level: "debug",
      message: `Location ${location.descriptor} is the folder ${found.configured}.`,
    });
  }
  const relatives: string[] = [];
  walk(found.absolute, "", [], relatives, remarks);
  relatives.sort();
  return toFiles(relatives, found, location.pattern);
}

function toFiles(
  relatives: readonly string[],
  { configured, absolute }: { readonly configured: string; readonly absolute: string },
  pattern: RegExp | undefined,
): readonly ScannedFile[] {
  const shown = configured.endsWith("/") ? configured : `${configured}/`;
  const folder = absolute.endsWith(sep) ? absolute : absolute + sep;
  const root = { shown, folder };
  const files: ScannedFile[] = [];
  for (const relative of relatives) {
    const match = pattern === undefined ? undefined : pattern.exec(relative);
    if (match !== null) files.push(new FoundFile(root, relative, match?.[1] ?? relative));
  }
  return files;
}

/** A location: as configured and in full, each with its separator at the end. */
interface Root {
  readonly shown: string;
  readonly folder: string;
}

/** Its paths are put together when they are asked for: of thousands of files they would be most of what is held. */
class FoundFile implements ScannedFile {
  readonly name: string;
  readonly script: string;
  private readonly root: Root;
  private readonly relative: string;

  constructor(root: Root, relative: string, script: string) {
    this.name = relative.slice(relative.lastIndexOf("/") + 1);
    this.script = script;
    this.root = root;
    this.relative = relative;
  }

  get path(): string {
    return this.root.folder + (sep === "/" ? this.relative : this.relative.replaceAll("/", sep));
  }

  get configuredPath(): string {
    return this.root.shown + this.relative;
  }
}

/** `trail` holds the real paths of the folders in which links were followed, so that none is walked in a circle. */
function walk(
  folder: string,
  prefix: string,
  trail: readonly string[],
  out: string[],
  remarks: Remark[],
): void {
  for (const entry of listFolder(folder, remarks)) {
    const { name } = entry;
    if (entry.isFile()) out.push(prefix + name);
    else if (entry.isDirectory()) {
      if (!name.startsWith(".")) walk(folder + sep + name, `${prefix}${name}/`, trail, out, remarks);
    } else if (entry.isSymbolicLink()) followLink(folder, name, prefix, trail, out, remarks);
  }
}

function listFolder(folder: string, remarks: Remark[]) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    remarks.push({ level: "error", message: `The folder ${folder} was skipped: ${reasonOf(error)}.` });
    return [];
  }
}

function followLink(
  folder: string,
  name: string,
  prefix: string,
  trail: readonly string[],
  out: string[],
  remarks: Remark[],
): void {
  const path = folder + sep + name;
  const target = statLink(path);
  if (target?.isFile() === true) out.push(prefix + name);
  else if (target?.isDirectory() === true) {
    if (name.startsWith(".")) return;
    const real = realpathSync(path);
    const here = realpathSync(folder);
    const above = [...trail, here];
    // A link to a folder that it lies in would be walked for ever.
    if (above.some((one) => one === real || one.startsWith(real.endsWith(sep) ? real : real + sep))) {
      remarks.push({
        level: "warn",
        message: `The link ${path} leads back to a folder above it and was skipped.`,
      });
      return;
    }
    walk(path, `${prefix}${name}/`, above, out, remarks);
  } else if (target === undefined) {
    remarks.push({ level: "warn", message: `The link ${path} leads to nothing and was skipped.` });
  }
}

function statLink(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

/** Why a folder cannot be scanned, in Flyway's words for it. */
function folderProblem(path: string): "not found" | "not a directory" | "not readable" | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return "not found";
    if (!stat.isDirectory()) return "not a directory";
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === "ENOTDIR" ? "not found" : "not readable";
  }
}

function missingLocation(
  location: Location,
  roots: readonly { readonly absolute: string }[],
  problem: string,
  input: ScanInput,
): Remark {
  const { descriptor } = location;
  if (input.forCallbacks)
    return { level: "info", message: `Callback location ${descriptor} was skipped: ${problem}.` };
  const tried = roots.map(({ absolute }) => absolute).join(", ");
  const where = tried === "" ? "" : ` Looked for ${tried}.`;
  const advice =
    tried === ""
      ? "Begin the path with a folder that has no wildcard in its name, such as filesystem:sql/*."
      : `Correct the location, or set the working directory that it is relative to (now ${input.workingDirectory}).`;
  if (input.failOnMissingLocations) {
    throw new GodwitError("ERROR", `Location ${descriptor}: ${problem}.${where}`, { advice });
  }
  return { level: "error", message: `Location ${descriptor} was skipped: ${problem}.${where} ${advice}` };
}

// --- bytes -----------------------------------------------------------------------------------------------------

/** Files up to this size are read in one go, and longer ones in pieces of it. */
const BUFFER_BYTES = 256 * 1024;
/** One buffer for all, because allocating one a file costs as much as reading it. */
const shared = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/**
 * A whole small file, in a buffer that the next call overwrites; undefined when it is too large for that.
 * @throws GodwitError when the file cannot be read.
 */
export function readSmallFile(file: ScannedFile): Buffer | undefined {
  const length = fillShared(file);
  return length === undefined ? undefined : shared.subarray(0, length);
}

/** The same for who looks at it once: the bytes are the first `length` of a longer buffer. */
export function withSmallFile<T>(
  file: ScannedFile,
  take: (bytes: Buffer, length: number) => T,
): T | undefined {
  const length = fillShared(file);
  return length === undefined ? undefined : take(shared, length);
}

function fillShared(file: ScannedFile): number | undefined {
  const handle = openFile(file);
  try {
    let length = 0;
    for (;;) {
      const read = readSync(handle, shared, length, BUFFER_BYTES - length, null);
      length += read;
      if (length === BUFFER_BYTES) return undefined;
      // Less than was asked for is the end of a regular file. A network file system that cuts reads short does so
      // at a block border: only then another read makes sure, as it costs as much as the first.
      if (read === 0 || read % 512 !== 0) return length;
    }
  } catch (error) {
    throw cannotRead(file, error);
  } finally {
    closeSync(handle);
  }
}

/** A file in pieces. What the reader does not consume of one comes again at the head of the next. */
export interface Pieces {
  /** `offset` is that of the first byte in the file. The bytes are overwritten by the next call. */
  readonly next: () => { readonly bytes: Buffer; readonly last: boolean; readonly offset: number };
  readonly consume: (count: number) => void;
  readonly close: () => void;
}

/** @throws GodwitError, also from `next`, when the file cannot be read. */
export function openPieces(file: ScannedFile): Pieces {
  const handle = openFile(file);
  let buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  let held = 0;
  let offset = 0;
  return {
    next: () => {
      if (held === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      try {
        let last = false;
        while (held < buffer.length && !last) {
          const read = readSync(handle, buffer, held, buffer.length - held, null);
          last = read === 0;
          held += read;
        }
        return { bytes: buffer.subarray(0, held), last, offset };
      } catch (error) {
        throw cannotRead(file, error);
      }
    },
    consume: (count) => {
      buffer.copyWithin(0, count, held);
      held -= count;
      offset += count;
    },
    close: () => closeSync(handle),
  };
}

/** Size in bytes. */
export function fileSize(file: ScannedFile): number {
  try {
    return statSync(file.path).size;
  } catch (error) {
    throw cannotRead(file, error);
  }
}

function openFile(file: ScannedFile): number {
  try {
    return openSync(file.path, constants.O_RDONLY);
  } catch (error) {
    throw cannotRead(file, error);
  }
}

function cannotRead(file: ScannedFile, error: unknown): GodwitError {
  const gone = codeOf(error) === "ENOENT";
  const message = gone
    ? `${file.configuredPath} was there when its folder was scanned and is gone now.`
    : `${file.configuredPath} cannot be read: ${reasonOf(error)}.`;
  const advice = gone
    ? "Do not change the folder during a run. Run the command again."
    : "Let the user that runs godwit read the file, or move it out of the location.";
  return new GodwitError("ERROR", message, { advice, cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return "permission is denied";
    case "ENOENT":
      return "it is gone";
    case "EMFILE":
    case "ENFILE":
      return "too many files are open";
    default:
      return messageOf(error);
  }
}

/**
 * The beforeConnect scripts among scanned files, by description. Looked for by name alone, since this comes before
 * everything else; callbackLocations replace the locations as for other callbacks.
 */
export function beforeConnectScripts(
  scan: Scan,
  settings: Pick<ScanInput, "workingDirectory" | "failOnMissingLocations"> & {
    readonly callbackLocations: readonly string[];
    readonly sqlMigrationSeparator: string;
    readonly sqlMigrationSuffixes: readonly string[];
  },
): readonly { readonly file: ScannedFile; readonly description: string }[] {
  const files =
    settings.callbackLocations.length === 0
      ? scan.files
      : scanLocations({ ...settings, locations: settings.callbackLocations, forCallbacks: true }).files;
  const named = files.filter(({ name }) => name.startsWith(BEFORE_CONNECT));
  const found = named.flatMap((file) => {
    if (isSql(file.name, settings.sqlMigrationSuffixes)) return [];
    const rest = file.name.slice(BEFORE_CONNECT.length).replace(/\.[^.]*$/, "");
    if (rest !== "" && !rest.startsWith(settings.sqlMigrationSeparator)) return [];
    const description = rest.slice(settings.sqlMigrationSeparator.length).replaceAll("_", " ");
    return /\.conf$/i.test(file.name) ? [] : [{ file, description }];
  });
  return found.sort((a, b) => (a.description < b.description ? -1 : a.description > b.description ? 1 : 0));
}

const BEFORE_CONNECT = "beforeConnect";

const isSql = (name: string, suffixes: readonly string[]): boolean =>
  suffixes.some((suffix) => name.toLowerCase().endsWith(suffix.toLowerCase()));
