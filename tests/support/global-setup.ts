// One private PostgreSQL for the whole run: started before the first test, thrown away after the last.
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "../../src/server/embedded.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder of the server's Unix socket. */
    readonly socketDir: string;
  }
}

/** A server of the machine where there is one (15 here, and pg_dump with it), else the one from npm. */
const SYSTEM = "/usr/lib/postgresql/15/bin";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const wanted =
    process.env["GODWIT_TEST_POSTGRES_BIN"] ?? (existsSync(join(SYSTEM, "postgres")) ? SYSTEM : undefined);
  const dir = mkdtempSync(join(tmpdir(), "godwit-test-"));
  const server = await startEmbedded({
    dir: join(dir, "cluster"),
    mode: "scratch",
    ...(wanted === undefined ? {} : { binDir: wanted }),
  });
  project.provide("socketDir", server.target.hosts[0]?.host ?? "");
  return () => server.stop();
}
