// Questions in the terminal, by @clack/prompts. Loaded only when something is asked.
import { isCancel, select, text } from "@clack/prompts";
import { GodwitError } from "../base/errors.ts";
import type { Asker } from "../commands/asker.ts";

export function terminalAsker(signal: AbortSignal): Asker {
  return {
    text: async ({ message, fallback, check }) => {
      const answer = await text({
        message,
        signal,
        ...(fallback === undefined ? {} : { placeholder: fallback, defaultValue: fallback }),
        validate: (typed) => {
          const value = (typed ?? "").trim() || (fallback ?? "");
          return value === "" ? "An answer is needed." : check?.(value);
        },
      });
      return answered(answer).trim();
    },
    choose: async (message, choices) => {
      const width = Math.max(...choices.map(({ value }) => value.length));
      const options = choices.map(({ value, hint }) => ({
        value,
        label: hint === undefined ? value : `${value.padEnd(width)}  ${hint}`,
      }));
      return answered(await select({ message, signal, options }));
    },
  };
}

function answered(answer: string | symbol): string {
  if (!isCancel(answer) && typeof answer === "string") return answer;
  throw new GodwitError("ABORTED", "Stopped at a question. Nothing was written.");
}
