// The recordings: what Flyway did in each scenario, as files checked in. Written by script/conformance --record.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Recording } from "./play.ts";

const pathOf = (folder: string, id: string) => join(folder, `${id}.json`);

export function writeRecording(folder: string, recording: Recording): void {
  const { dump, ...rest } = recording;
  // A whole folder's dump is left out: its digest says the same, in less.
  const kept = recording.source === undefined && dump !== undefined ? recording : rest;
  writeFileSync(pathOf(folder, recording.id), `${JSON.stringify(kept, null, 1)}\n`);
}

export function readRecording(folder: string, id: string): Recording | undefined {
  const path = pathOf(folder, id);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Recording) : undefined;
}
