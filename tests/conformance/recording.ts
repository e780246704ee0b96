// The recordings: what Flyway did in each scenario, as files checked in. Written by script/conformance --record.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Contents, Recording } from "./play.ts";

const pathOf = (folder: string, id: string) => join(folder, `${id}.json`);

export function writeRecording(folder: string, recording: Recording): void {
  // A whole folder's dumps are left out: its digests say the same, in less.
  const kept = recording.source === undefined ? recording : withoutDumps(recording);
  writeFileSync(pathOf(folder, recording.id), `${format(kept, 0)}\n`);
}

/** Deep enough to give each migration, row and line of a catalog a line of its own, and no more. */
const DEEP = 5;

function format(value: unknown, depth: number): string {
  const list = Array.isArray(value);
  if (depth >= DEEP || value === null || typeof value !== "object") return JSON.stringify(value);
  const items = list
    ? value.map((item) => format(item, depth + 1))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${format(item, depth + 1)}`);
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return `${open}${close}`;
  const pad = " ".repeat(depth + 1);
  return `${open}\n${items.map((item) => pad + item).join(",\n")}\n${" ".repeat(depth)}${close}`;
}

const withoutDumps = (recording: Recording): Recording => ({
  ...withoutDump(recording),
  steps: recording.steps.map((step) =>
    step.contents === undefined ? step : { ...step, contents: withoutDump(step.contents) },
  ),
});

function withoutDump<T extends Contents>({ dump: _, ...rest }: T): Omit<T, "dump"> {
  return rest;
}

export function readRecording(folder: string, id: string): Recording | undefined {
  const path = pathOf(folder, id);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Recording) : undefined;
}
