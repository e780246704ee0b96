// What a location setting means: scheme, root folder, wildcards. Looking into folders is files.ts.
import { isAbsolute, join, sep } from "node:path";
import { GodwitError } from "../base/errors.ts";

export interface Location {
  /** Scheme and path, normalised; what messages call the location. */
  readonly descriptor: string;
  readonly scheme: "filesystem" | "classpath";
  /** The part without wildcards, as the user wrote it; "" when there is none. */
  readonly root: string;
  /** Matches paths relative to the root; group 1, where there is one, is the script. */
  readonly pattern: RegExp | undefined;
  /** No scheme was given: an absolute path is then tried as it is before it counts as a class path. */
  readonly bare: boolean;
}

const DRIVE = /^[A-Za-z]:[\\/]/;
const FILE_URL = /^file:[\\/]{3}/i;

/**
 * Reads one location.
 * @throws GodwitError for a scheme that godwit does not read.
 */
export function parseLocation(text: string): Location {
  const trimmed = text.trim();
  if (FILE_URL.test(trimmed)) return makeLocation("filesystem", pathOfUrl(trimmed), false);
  if (DRIVE.test(trimmed)) return makeLocation("filesystem", trimmed, false);
  const colon = trimmed.indexOf(":");
  if (colon < 0) return makeLocation("classpath", trimmed, true);
  const scheme = trimmed.slice(0, colon).toLowerCase();
  const path = trimmed.slice(colon + 1);
  if (scheme === "filesystem" || scheme === "classpath") return makeLocation(scheme, path, false);
  const bucket = scheme === "s3" || scheme === "gcs";
  throw new GodwitError(
    "CONFIGURATION",
    `The location "${trimmed}" begins with "${scheme}:", which godwit does not read.`,
    {
      advice: bucket
        ? "Copy the files to a folder first and name that folder: filesystem:db/migration."
        : "Begin it with filesystem: and the path of a folder, such as filesystem:db/migration.",
    },
  );
}

/** file:///db and file:///C:/db, with the percent signs of a URL read. */
function pathOfUrl(text: string): string {
  const path = decodeURIComponent(text.slice("file://".length).replaceAll("\\", "/"));
  return DRIVE.test(path.slice(1)) ? path.slice(1) : path;
}

function makeLocation(scheme: Location["scheme"], rawPath: string, bare: boolean): Location {
  const path = normalise(scheme, rawPath, bare);
  const segments = path.split("/");
  const wild = segments.findIndex((segment) => /[*?]/.test(segment));
  const descriptor = `${scheme}:${path}`;
  if (wild < 0) return { descriptor, scheme, root: path, pattern: undefined, bare };
  const root = segments.slice(0, wild).join("/");
  const rooted = root === "" && path.startsWith("/") ? "/" : root;
  return { descriptor, scheme, root: rooted, pattern: wildcardPattern(segments.slice(wild)), bare };
}

/** As java.io.File does: doubled and final slashes go, "." and ".." stay. */
function normalise(scheme: Location["scheme"], rawPath: string, bare: boolean): string {
  const path = (sep === "\\" ? rawPath.replaceAll("\\", "/") : rawPath).replace(/\/{2,}/g, "/");
  const trimmed = path.length > 1 ? path.replace(/\/$/, "") : path;
  return scheme === "classpath" && !bare ? trimmed.replace(/^\//, "") : trimmed;
}

/**
 * Flyway's wildcards (13, LocationParser): `**` is any number of folders, `*` at least one character, `?` exactly
 * one. A dot in the last part makes it a pattern of files; otherwise everything below a folder that matches belongs
 * to the location, and scripts are named relative to that folder.
 */
function wildcardPattern(segments: readonly string[]): RegExp {
  const last = segments.at(-1) ?? "";
  const ofFiles = last !== "**" && last.includes(".");
  // A final `**` says no more than the folders above it do.
  const significant = last === "**" ? segments.slice(0, -1) : segments;
  const body = significant
    .map((segment, i) => {
      if (segment === "**") return "(?:[^/]+/)*?";
      return segmentPattern(segment) + (i < significant.length - 1 ? "/" : "");
    })
    .join("");
  if (ofFiles) return new RegExp(`^${body}$`, "s");
  return new RegExp(body === "" ? "^(.*)$" : `^${body}/(.*)$`, "s");
}

function segmentPattern(segment: string): string {
  return segment
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("?", "[^/]")
    .replaceAll("*", "[^/]+?");
}

/**
 * Where the folders of a class path may lie in a project without a Java class path: the project itself, the source
 * folders of Maven, Gradle and Spring Boot, and a build's output. The first that exists is taken.
 */
const CLASS_PATH_ROOTS = [".", "src/main/resources", "resources", "dist"];

/** The folders a location may stand for, best first: as configured, and absolute. */
export function candidateRoots(
  { scheme, root, bare }: Location,
  workingDirectory: string,
): readonly { readonly configured: string; readonly absolute: string }[] {
  const absolute = (path: string) => (isAbsolute(path) ? join(path, ".") : join(workingDirectory, path));
  const strip = (path: string) => (path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path);
  const root1 = (configured: string) => ({ configured, absolute: strip(absolute(configured)) });
  if (root === "") return [];
  if (scheme === "filesystem") return [root1(root)];
  const relative = root.replace(/^\//, "");
  const mapped = CLASS_PATH_ROOTS.map((base) => root1(base === "." ? relative : `${base}/${relative}`));
  return bare && isAbsolute(root) ? [root1(root), ...mapped] : mapped;
}

export interface Remark {
  readonly level: "info" | "warn" | "error" | "debug";
  readonly message: string;
}

/**
 * The locations that are scanned, in order of their text. Duplicates and folders below another location are left
 * out with a remark; wildcard locations are compared with nothing, as in Flyway.
 */
export function distinctLocations(
  texts: readonly string[],
  workingDirectory: string,
): { readonly locations: readonly Location[]; readonly remarks: readonly Remark[] } {
  const sorted = texts
    .map(parseLocation)
    .sort((a, b) => (a.descriptor < b.descriptor ? -1 : a.descriptor > b.descriptor ? 1 : 0));
  const remarks: Remark[] = [];
  const locations: Location[] = [];
  for (const location of sorted) {
    const twin = locations.find((other) => samePlace(other, location, workingDirectory));
    const parent = sorted.find((other) => isBelow(location, other, workingDirectory));
    if (twin !== undefined) {
      remarks.push({
        level: "warn",
        message: `Location ${location.descriptor} is listed twice; once counts.`,
      });
    } else if (parent !== undefined) {
      remarks.push({
        level: "warn",
        message: `Location ${location.descriptor} lies below ${parent.descriptor} and is scanned as part of that.`,
      });
    } else locations.push(location);
  }
  return { locations, remarks };
}

function samePlace(a: Location, b: Location, workingDirectory: string): boolean {
  if (a.descriptor === b.descriptor) return true;
  const [x, y] = [folderOf(a, workingDirectory), folderOf(b, workingDirectory)];
  return x !== undefined && x === y;
}

function isBelow(child: Location, parent: Location, workingDirectory: string): boolean {
  const [x, y] = [folderOf(child, workingDirectory), folderOf(parent, workingDirectory)];
  return x !== undefined && y !== undefined && x.startsWith(y.endsWith(sep) ? y : y + sep) && x !== y;
}

/** Only what surely is one folder can be compared: class path locations wait for the disk to say where they are. */
function folderOf(location: Location, workingDirectory: string): string | undefined {
  if (location.pattern !== undefined) return undefined;
  const [first] = candidateRoots(location, workingDirectory);
  return first === undefined
    ? undefined
    : `${location.scheme === "classpath" ? "classpath" : ""}${first.absolute}`;
}
