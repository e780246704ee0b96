// When the server ends, and with which exit code: 0 after shutdown and exit, 1 when the editor leaves without them.
import type { Readable } from "node:stream";
import type { WatchDog } from "vscode-languageserver";

export interface Lifetime extends WatchDog {
  /** The exit code, when it is over. */
  readonly over: Promise<number>;
}

export interface Surroundings {
  readonly input: Readable;
  readonly signal: AbortSignal | undefined;
  readonly isRunning: (pid: number) => boolean;
  /** The editor's process, where it was named on the command line; it may say its number later, too. */
  readonly editor: number | undefined;
}

const LOOK_AFTER_MS = 3000;
/** As every command that a signal stops. */
const STOPPED = 130;

export function lifetime({ input, signal, isRunning, editor }: Surroundings): Lifetime {
  let end: (code: number) => void = () => {};
  const over = new Promise<number>((resolve) => {
    end = resolve;
  });
  const watch = (pid: number): void => {
    const look = setInterval(() => {
      if (!isRunning(pid)) left();
    }, LOOK_AFTER_MS);
    void over.then(() => clearInterval(look));
  };
  const made: Lifetime = {
    over,
    shutdownReceived: false,
    exit: end,
    initialize: ({ processId }) => {
      if (processId !== null) watch(processId);
    },
  };
  const left = (): void => end(made.shutdownReceived ? 0 : 1);
  if (editor !== undefined) watch(editor);
  input.once("end", left).once("close", left).once("error", left);
  signal?.addEventListener("abort", () => end(STOPPED), { once: true });
  return made;
}
