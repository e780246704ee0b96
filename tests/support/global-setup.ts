// One private PostgreSQL for the whole run: started before the first test, thrown away after the last, and gone with
// the run even when that is killed.
import { existsSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { type EmbeddedOptions, startEmbedded } from "../../src/server/embedded.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder of the server's Unix socket. */
    readonly socketDir: string;
    /** Major version of the run's server. */
    readonly serverMajor: number;
  }
}

/** A server of the machine where there is one of this major (and pg_dump with it), else the one from npm. */
const SYSTEM = "/usr/lib/postgresql/15/bin";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startEmbedded({ mode: "scratch", ...testBinaries() });
  project.provide("socketDir", server.target.hosts[0]?.host ?? "");
  project.provide("serverMajor", Number.parseInt(server.version, 10));
  return () => server.stop();
}

/** Which server the tests run on. GODWIT_TEST_POSTGRES_BIN names a folder of binaries. */
export function testBinaries(): Pick<EmbeddedOptions, "binDir"> {
  const named = process.env["GODWIT_TEST_POSTGRES_BIN"];
  if (named !== undefined && named !== "") return { binDir: named };
  return existsSync(SYSTEM) ? { binDir: SYSTEM } : {};
}
