// What add asks when it is started without a description: only what it was not told.

import { TEMPLATES, type Template, valuesIn } from "./add-templates.ts";
import type { Asker } from "./asker.ts";

export interface Told {
  readonly template: string | undefined;
  readonly location: string | undefined;
  readonly values: Readonly<Record<string, string>>;
}

export interface Answers {
  readonly template: string;
  readonly location: string | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly description: string;
}

export interface Known {
  /** Of the team, by name. */
  readonly own: ReadonlyMap<string, Template>;
  /** Where a file may go. */
  readonly locations: readonly string[];
  /** The description of the version applied last, for an undo. */
  readonly lastDescription: string | undefined;
}

export async function askForAdd(ask: Asker, told: Told, known: Known): Promise<Answers> {
  const all = new Map([...TEMPLATES, ...known.own]);
  const name =
    told.template ??
    (await ask.choose(
      "What shall the file do?",
      [...all].map(([value, { doc }]) => ({ value, hint: doc })),
    ));
  const template = all.get(name);
  const values: Record<string, string> = { ...told.values };
  for (const value of template === undefined ? [] : valuesIn(template)) {
    if (values[value.name] !== undefined) continue;
    const { question: message, check, fallback } = value;
    values[value.name] = await ask.text({
      message,
      ...(check === undefined ? {} : { check }),
      ...(fallback === undefined ? {} : { fallback }),
    });
  }
  const fallback = name === "undo" ? known.lastDescription : template?.title?.(values);
  const description = await ask.text({
    message: "Description, for the name of the file",
    ...(fallback === undefined ? {} : { fallback }),
  });
  const location =
    told.location ??
    (known.locations.length > 1
      ? await ask.choose(
          "Where shall it go?",
          known.locations.map((value) => ({ value })),
        )
      : undefined);
  return { template: name, location, values, description };
}
