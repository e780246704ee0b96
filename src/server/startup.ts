// The parameters a session starts with: those of pgjdbc, which poolers therefore know; and what is done where a server
// or a pooler does not take one.
import { quoteLiteral } from "../base/quote.ts";
import type { ConnectionTarget } from "../config/connection-target.ts";
import type { ServerMessage } from "./pg-error.ts";

export type Startup = Readonly<Record<string, string>>;

/** The driver adds client_encoding=UTF8. */
export function startupParameters(target: ConnectionTarget, timeZone: string): Startup {
  return {
    user: target.user,
    database: target.database,
    ...(target.applicationName === "" ? {} : { application_name: target.applicationName }),
    DateStyle: "ISO",
    TimeZone: timeZone,
    ...(target.options === undefined ? {} : { options: target.options }),
    // At the start rather than by SET, so that RESET in a migration comes back to it.
    ...(target.currentSchema === undefined ? {} : { search_path: target.currentSchema }),
  };
}

/** PgBouncer refuses parameters that it does not track; search_path can be set afterwards, `options` can't. */
export function withoutFussy(startup: Startup, error: ServerMessage): Startup | undefined {
  const refused =
    error.code === "08P01" && /unsupported startup parameter: search_path/.test(error.message ?? "");
  if (!refused || startup["search_path"] === undefined) return undefined;
  const { search_path: _, ...rest } = startup;
  return rest;
}

/** A server may know fewer zones than the client (older time zone data): then the zone's offset of today. */
export function withZoneAsOffset(
  startup: Startup,
  error: ServerMessage,
  timeZone: string,
): Startup | undefined {
  const refused = error.code === "22023" && /"TimeZone"/i.test(error.message ?? "");
  const offset = posixOffset(timeZone);
  if (!refused || startup["TimeZone"] === offset) return undefined;
  return { ...startup, TimeZone: offset };
}

/** "<+02>-02": POSIX counts west of Greenwich as positive. */
function posixOffset(timeZone: string): string {
  const minutes = offsetMinutes(timeZone);
  const sign = minutes < 0 ? "-" : "+";
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = two(Math.trunc(Math.abs(minutes) / 60));
  const rest = Math.abs(minutes) % 60;
  const clock = rest === 0 ? hours : `${hours}:${two(rest)}`;
  return `<${sign}${clock.replace(":", "")}>${sign === "-" ? "+" : "-"}${clock}`;
}

function offsetMinutes(timeZone: string): number {
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts();
    const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
    const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
    return sign === "-" ? -size : size;
  } catch {
    // A name that nobody knows.
    return 0;
  }
}

/** What is still to be said once the session is there. */
export function afterConnect(target: ConnectionTarget, startup: Startup): readonly string[] {
  return [
    ...(target.currentSchema !== undefined && startup["search_path"] === undefined
      ? [`SELECT pg_catalog.set_config('search_path', ${quoteLiteral(target.currentSchema)}, false)`]
      : []),
    ...(target.readOnly ? ["SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"] : []),
  ];
}
