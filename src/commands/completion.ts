import { GodwitError } from "../base/errors.ts";
import { type Command, command } from "./command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const isShell = (word: string | undefined): word is Shell => SHELLS.some((shell) => shell === word);

/** `all` gives the list of commands, which this one is part of. */
export default (all: () => readonly Command[]): Command =>
  command({
    name: "completion",
    summary: "Print a script that completes commands and settings in your shell",
    description:
      "The script knows the commands, their options, every setting with its values, and the flags, for both godwit and flyway. It is made from the program itself: print it again after an update.",
    usage: "godwit completion bash|zsh|fish",
    options: [],
    words: { name: "shell", values: SHELLS },
    needsNothing: true,
    hasOwnReport: true,
    examples: [
      { command: "source <(godwit completion bash)", doc: "In ~/.bashrc; the same with zsh in ~/.zshrc" },
      { command: "godwit completion zsh > ~/.zfunc/_godwit", doc: "A file in zsh's fpath loads faster" },
      { command: "godwit completion fish > ~/.config/fish/completions/godwit.fish", doc: "For fish" },
    ],
    run: async ({ words = [] }) => {
      const [shell, ...more] = words;
      if (!isShell(shell) || more.length > 0) {
        throw new GodwitError(
          "ERROR",
          shell === undefined
            ? "completion needs the name of a shell."
            : `completion does not know "${words.join(" ")}".`,
          { advice: `Write one of: ${SHELLS.map((name) => `godwit completion ${name}`).join(", ")}.` },
        );
      }
      const { completionScript } = await import("./completion-scripts.ts");
      const script = completionScript(shell, all());
      return { outcome: { operation: "completion", shell, script }, exitCode: 0 };
    },
  });
