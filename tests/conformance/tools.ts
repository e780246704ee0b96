// The programs that are compared, each as something that runs a command line in a project's folder.
import { spawn } from "node:child_process";
import type { RunStep } from "./scenario.ts";

export interface Finished {
  /** "hung" when it had to be ended by force. */
  readonly exit: number | "hung";
  readonly stdout: string;
  readonly stderr: string;
}

export interface Tool {
  readonly name: string;
  /** The program and what comes before the arguments. */
  readonly command: readonly string[];
  /** Whether it has a console of its own, so that text mode means something. */
  start(args: readonly string[], dir: string, env: NodeJS.ProcessEnv): Promise<Finished>;
}

/** Longer than the longest scenario, in which Flyway tries ten times to make a table. */
const PATIENCE_MS = 120_000;

export function program(name: string, command: string, before: readonly string[]): Tool {
  return {
    name,
    command: [command, ...before],
    start: (args, dir, env) =>
      new Promise((resolve, reject) => {
        const child = spawn(command, [...before, ...args], {
          cwd: dir,
          env,
          stdio: ["ignore", "pipe", "pipe"],
        });
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        let hung = false;
        const timer = setTimeout(() => {
          hung = true;
          child.kill("SIGKILL");
        }, PATIENCE_MS);
        child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
        child.once("error", reject);
        child.once("close", (code) => {
          clearTimeout(timer);
          resolve({
            exit: hung ? "hung" : (code ?? -1),
            stdout: Buffer.concat(out).toString("utf8"),
            stderr: Buffer.concat(err).toString("utf8"),
          });
        });
      }),
  };
}

export interface Target {
  readonly url: string;
  readonly user: string;
}

/** Runs one step with the connection and the output type it asks for. */
export function runStep(tool: Tool, step: RunStep, extra: readonly string[], dir: string, target: Target) {
  const url = step.url ?? (step.urlQuery === undefined ? target.url : `${target.url}?${step.urlQuery}`);
  const fixed = [`-url=${url}`, `-user=${target.user}`, "-password=x", "-skipCheckForUpdate"];
  const mode = step.mode === "json" ? ["-outputType=json"] : [];
  // Flyway's command line fails when an option is given twice: the step's own wins.
  const given = new Set(step.args.map(keyOf));
  const own = [...extra.filter((arg) => !given.has(keyOf(arg))), ...step.args];
  const locations = own.some((arg) => arg.startsWith("-locations=")) ? [] : ["-locations=filesystem:sql"];
  return tool.start([...fixed, ...locations, ...mode, ...own], dir, {
    PATH: process.env["PATH"],
    HOME: dir,
    TZ: "UTC",
    ...step.env,
  });
}

const keyOf = (arg: string): string => arg.split("=")[0] ?? arg;
