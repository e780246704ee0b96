// Version and product of a server, from what it tells at the start of a session; without a question where it can be.

import { queryMessage } from "./protocol.ts";
import type { Receiver, Wire } from "./wire.ts";
import type { ServerFacts } from "./wire-session.ts";

/** Undefined when the server (or a pooler before it) tells no version. */
export function factsOf(parameters: ReadonlyMap<string, string>): ServerFacts | undefined {
  const version = parameters.get("server_version");
  return version === undefined ? undefined : factsOfVersion(version, parameters.has("crdb_version"));
}

/** Asks for what was not told. */
export async function readFacts(wire: Wire): Promise<ServerFacts> {
  let version = "";
  const ignore = (): void => {};
  const receiver: Receiver = {
    columns: ignore,
    row: ([value]) => {
      version = value ?? "";
    },
    complete: ignore,
    failed: ignore,
    notice: ignore,
    end: ignore,
  };
  await wire.exchange([{ bytes: queryMessage("SHOW server_version") }], () => receiver);
  return factsOfVersion(version, false);
}

/** "15.18 (Debian 15.18-1)", "18beta1", "9.6.24", "11.2-YB-2.20.1.0-b0". */
function factsOfVersion(version: string, isCockroach: boolean): ServerFacts {
  const [, first, second, third] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  const [major, minor, patch] = [Number(first ?? 0), Number(second ?? 0), Number(third ?? 0)];
  // Before 10 the second figure was part of the major version.
  const number = major >= 10 ? major * 10000 + minor : major * 10000 + minor * 100 + patch;
  return {
    serverVersion: number,
    serverVersionText: `${major}.${minor}`,
    product: isCockroach ? "CockroachDB" : version.includes("-YB-") ? "YugabyteDB" : "PostgreSQL",
  };
}
