import { command } from "./command.ts";

export default command({
  name: "doctor",
  summary: "Show what is in force, and what is wrong with it",
  description:
    "Tells which configuration files, environment variables and options are in force and where each setting comes from; then looks at the files, the connection, the server, schemas and privileges, and the history table. Changes nothing and runs no callbacks. Exits with 1 when there is a problem, not for warnings.",
  options: [],
  hasOwnReport: true,
  examples: [
    { command: "godwit doctor", doc: "The first thing to run when something is odd" },
    { command: "godwit doctor -outputType=json", doc: "The same for a bug report or a program" },
  ],
  run: async ({ world }) => {
    const { doctor } = await import("../engine/doctor.ts");
    const outcome = await doctor(world);
    return { outcome, exitCode: outcome.status === "problem" ? 1 : 0, exitsInJson: true };
  },
});
