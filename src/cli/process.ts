// Starting child processes for script migrations and script callbacks, and looking whether one is still there.
import { GodwitError } from "../base/errors.ts";
import type { ProcessRequest, ProcessResult } from "../engine/process.ts";

/** Runs a program to its end with standard output and error merged. @throws GodwitError when it cannot be started. */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  // Loaded only for projects with scripts.
  const { spawn } = await import("node:child_process");
  return new Promise((resolve, reject) => {
    const child = spawn(request.command, request.arguments, {
      cwd: request.cwd,
      env: { ...process.env, ...request.env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    let output = "";
    // Characters may lie across chunks.
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    const take = (text: string): void => {
      output += text;
      request.onOutput?.(text);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => reject(cannotStart(request.command, error)));
    child.on("close", (code, signal) => resolve({ exitCode: code ?? (signal === null ? 1 : 128), output }));
  });
}

/** Is there a process of this number? */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, but somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function cannotStart(command: string, error: NodeJS.ErrnoException): GodwitError {
  if (error.name === "AbortError")
    return new GodwitError("ABORTED", `${command} was stopped.`, { cause: error });
  const advice =
    error.code === "ENOENT"
      ? `Install ${command}, or put it on the PATH.`
      : error.code === "EACCES"
        ? `Make it executable: chmod +x ${command}`
        : "See the system's message.";
  return new GodwitError("ERROR", `${command} could not be started: ${error.message}.`, {
    advice,
    cause: error,
  });
}
