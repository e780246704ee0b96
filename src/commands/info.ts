import { GodwitError } from "../base/errors.ts";
import { type InfoFilter, info, stateNames } from "../engine/info.ts";
import { parseVersion } from "../migrations/version.ts";
import { command } from "./command.ts";
import { LOOKS, withEngine } from "./with-engine.ts";

export default command({
  name: "info",
  summary: "Show applied, pending and problematic migrations",
  options: [
    { name: "infoSinceDate", value: "dd/MM/yyyy HH:mm", doc: "Leave out what was installed before." },
    { name: "infoUntilDate", value: "dd/MM/yyyy HH:mm", doc: "Only what was installed before." },
    { name: "infoSinceVersion", value: "version", doc: "Leave out lower versions." },
    { name: "infoUntilVersion", value: "version", doc: "Leave out higher versions." },
    { name: "infoOfState", value: "states", doc: "Only these states, such as pending,success." },
    { name: "migrationIds", doc: "Print only the ids, comma-separated, without a line end." },
  ],
  examples: [
    { command: "godwit info", doc: "Everything" },
    { command: "godwit info -infoOfState=pending", doc: "What migrate would apply" },
  ],
  run: async ({ world, options }) => {
    const filter = readFilter(options);
    return { outcome: await withEngine(world, (engine) => info(engine, filter), LOOKS), exitCode: 0 };
  },
});

function readFilter(options: Readonly<Record<string, string>>): InfoFilter {
  const { infoSinceDate, infoUntilDate, infoSinceVersion, infoUntilVersion, infoOfState } = options;
  return {
    ...(infoSinceDate === undefined ? {} : { sinceDate: readDate("infoSinceDate", infoSinceDate) }),
    ...(infoUntilDate === undefined ? {} : { untilDate: readDate("infoUntilDate", infoUntilDate) }),
    ...(infoSinceVersion === undefined ? {} : { sinceVersion: parseVersion(infoSinceVersion) }),
    ...(infoUntilVersion === undefined ? {} : { untilVersion: parseVersion(infoUntilVersion) }),
    ...(infoOfState === undefined ? {} : { states: readStates(infoOfState) }),
  };
}

function readDate(option: string, text: string): Date {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/.exec(text.trim());
  const [, day, month, year, hour, minute] = match ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  if (match !== null && date.getMonth() === Number(month) - 1 && date.getDate() === Number(day)) return date;
  throw new GodwitError("ERROR", `-${option} has the value "${text}", which is not a date.`, {
    advice: `Write it as day/month/year hour:minute, for example -${option}="13/10/2026 16:30".`,
  });
}

function readStates(text: string): readonly string[] {
  const wanted = text
    .split(",")
    .map((s) => s.trim())
    .filter((s) => s !== "");
  const known = stateNames();
  const wrong = wanted.filter(
    (w) => !known.some((k) => k.code === w.toUpperCase() || k.display.toLowerCase() === w.toLowerCase()),
  );
  if (wrong.length === 0) return wanted;
  throw new GodwitError(
    "ERROR",
    `-infoOfState names ${wrong.map((w) => `"${w}"`).join(", ")}, which is no state.`,
    {
      advice: `The states are: ${known.map((k) => k.code).join(", ")}.`,
    },
  );
}
