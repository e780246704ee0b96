import { GodwitError } from "../base/errors.ts";
import { command } from "./command.ts";

export type { RebaseOutcome } from "../lint/move.ts";

const FORMATS = ["text", "json"];

export default command({
  name: "rebase",
  summary: "Give files that collide with the main branch the next free numbers",
  description:
    "Looks at the versioned files that git's main branch does not have. Those whose version is taken there, or lower than its highest, get the next free ones, in the folder's own style and in their own order; undo files, .conf files and the version in the header go along. Fetch the main branch first. Nothing is moved that the database has applied, and nothing that would then run before what it needs, or behind what takes that away. Exits with 0 when nothing is in the way, 1 when something is, 2 when it could not run.",
  usage: "godwit rebase [options] [file ...]",
  words: { name: "file" },
  hasOwnReport: true,
  ownFormats: FORMATS,
  failureExitCode: 2,
  options: [
    {
      name: "onto",
      value: "branch",
      own: "value",
      doc: "The main branch; the setting mainBranch, or what usually is one, unless set.",
    },
    { name: "dry-run", own: "bool", doc: "Tell what would be moved, and move nothing." },
    {
      name: "force",
      own: "bool",
      doc: "Move although files need each other in the old order, and named files of the main branch too.",
    },
    { name: "offline", own: "bool", doc: "Do not ask the database what it has applied." },
    { name: "format", value: "text|json", own: "value", doc: "How it is told; text unless set." },
  ],
  examples: [
    { command: "git fetch && godwit rebase --dry-run", doc: "What would be moved" },
    { command: "godwit rebase", doc: "Move it" },
    { command: "godwit rebase db/migration/V25__Add_index.sql", doc: "Only this file" },
  ],
  run: async ({ world, options, words = [] }) => {
    refuseFormat(options["format"]);
    const { rebase } = await import("./rebase-run.ts");
    const outcome = await rebase(world, {
      words,
      onto: options["onto"],
      dryRun: (options["dry-run"] ?? options["dryRun"]) === "true",
      force: options["force"] === "true",
      offline: options["offline"] === "true",
    });
    return { outcome, exitCode: outcome.blocked ? 1 : 0, exitsInJson: true };
  },
});

function refuseFormat(text: string | undefined): void {
  if (text === undefined || FORMATS.includes(text.toLowerCase())) return;
  throw new GodwitError("ERROR", `--format has the value "${text}".`, {
    advice: `It takes ${FORMATS.join(" or ")}.`,
  });
}
