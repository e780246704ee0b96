import { GodwitError } from "../base/errors.ts";
import { command } from "./command.ts";

export default command({
  name: "lsp",
  summary: "Serve findings, fixes and hovers to an editor while you type",
  description:
    "A language server on standard input and output. It judges open migrations as godwit lint does, with the text that the editor has, offers fixes and comments that ignore a finding, and shows what a rule means and what the schema is at a place. An editor starts it; how to set it up is in docs/editors.md. Settings are those of the nearest flyway.toml or flyway.conf, else of the workspace's folder.",
  usage: "godwit lsp [--stdio]",
  needsNothing: true,
  hasOwnReport: true,
  options: [
    {
      name: "stdio",
      own: "bool",
      doc: "Accepted, since editors give it: there is no other way to talk to it.",
    },
    {
      name: "clientProcessId",
      value: "pid",
      own: "value",
      doc: "The editor's process: the server ends when it is gone.",
    },
  ],
  examples: [{ command: "godwit lsp --stdio", doc: "What an editor starts" }],
  run: async ({ world, options, service }) => {
    if (service === undefined) throw new GodwitError("ERROR", "lsp is a command of the command line alone.");
    const { input, output, isTerminal } = service.streams();
    if (isTerminal) {
      throw new GodwitError("ERROR", "lsp speaks with an editor over standard input, not with a terminal.", {
        advice: "Set your editor up to start it: docs/editors.md. To judge files here, run godwit lint.",
      });
    }
    const [{ serve }, { lspHost }] = await Promise.all([import("../lsp/server.ts"), import("./lsp-host.ts")]);
    const exitCode = await serve({
      host: lspHost(world, service.settingsIn),
      version: world.godwitVersion,
      input,
      output,
      signal: world.signal,
      isRunning: service.isRunning,
      editor: readPid(options["clientProcessId"]),
    });
    return { outcome: { operation: "lsp" }, exitCode };
  },
});

function readPid(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const pid = Number(text);
  if (Number.isInteger(pid) && pid > 0) return pid;
  throw new GodwitError("ERROR", `--clientProcessId has the value "${text}".`, {
    advice: "Give the number of a process, or leave it out.",
  });
}
