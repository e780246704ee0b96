// `${env.NAME}` and its kin inside values: which resolvers there are and how a value is expanded. Not the
// `${NAME}` of .conf files (properties.ts) and not the placeholders of migrations.
import type { Variables } from "./properties.ts";

/** Asks git; arguments in, standard output out, undefined when git failed. */
export type GitCommand = (args: readonly string[]) => string | undefined;

export interface ResolverContext {
  readonly env: Variables;
  /** User placeholders, keys lower-cased. */
  readonly placeholders: Readonly<Record<string, string>>;
  readonly placeholderSeparator: string;
  readonly git: GitCommand | undefined;
  readonly environment: string;
}

export type Resolved =
  | { readonly ok: true; readonly value: string }
  /** `outside`: the configuration is right, but what it refers to has no value. */
  | { readonly ok: false; readonly message: string; readonly advice: string; readonly outside: boolean };

type Resolver = (key: string, context: ResolverContext) => Resolved;

const RESOLVERS: Readonly<Record<string, Resolver>> = {
  env: resolveVariable,
  placeholder: resolvePlaceholder,
  git: resolveGit,
};

/** Resolvers of Flyway's that godwit does not have, and what to do without them. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  localsecret: "the operating system's secret store",
  vault: "HashiCorp Vault",
  dapr: "Dapr",
  googlesecrets: "Google Secret Manager",
  azurekeyvault: "Azure Key Vault",
  entraid: "Microsoft Entra ID",
  localdb: "SQL Server LocalDB",
  clone: "Redgate Clone",
};

// Flyway 13's grammar (PropertyResolverContextImpl).
const RESOLVER = /\${1,2}\{[^.]+\.[^.]+?\}/g;
const NESTED = /(?:^|[^$])\$\{(?:(?:[^}]+|)\$\{.+?\}).*?\}/;

/** Expands a value. It is trimmed first, as Flyway does; `!{...}` keeps what is inside as it is. */
export function resolveValue(value: string, context: ResolverContext): Resolved {
  const trimmed = value.trim();
  if (trimmed.startsWith("!{") && trimmed.endsWith("}")) return { ok: true, value: trimmed.slice(2, -1) };
  if (!trimmed.includes("${")) return { ok: true, value: trimmed };
  if (NESTED.test(trimmed)) {
    return failed(
      "it holds one ${...} inside another",
      "Resolve the inner one outside, in a variable of its own.",
    );
  }
  let failure: Resolved | undefined;
  const expanded = trimmed.replace(RESOLVER, (match) => {
    if (match.startsWith("$$")) return match.slice(1);
    const result = resolveOne(match.slice(2, -1), context);
    if (result.ok) return result.value;
    failure ??= result;
    return "";
  });
  return failure ?? { ok: true, value: expanded };
}

function failed(message: string, advice: string, outside = false): Resolved {
  return { ok: false, message, advice, outside };
}

/** `name.key` or `name.key:FILTER`. */
function resolveOne(text: string, context: ResolverContext): Resolved {
  const dot = text.indexOf(".");
  const name = text.slice(0, dot).trim();
  const colon = text.indexOf(":");
  const key = text.slice(dot + 1, colon < 0 ? undefined : colon).trim();
  const resolver = RESOLVERS[name.toLowerCase()];
  if (resolver === undefined) return unknownResolver(name);
  const result = resolver(key, context);
  if (!result.ok || colon < 0) return result;
  return { ok: true, value: keep(result.value, text.slice(colon + 1).trim()) };
}

function unknownResolver(name: string): Resolved {
  const source = UNSUPPORTED[name.toLowerCase()];
  if (source === undefined) {
    return failed(
      `there is no resolver named ${name}`,
      "Resolvers are env, placeholder and git. Write $${...} for the text itself.",
    );
  }
  return failed(
    `godwit cannot read from ${source} yet (resolver ${name})`,
    "Fetch the value before the run and pass it in an environment variable, as ${env.NAME}.",
  );
}

/** Keeps the characters of the classes A (letters), a (ASCII letters), D (digits), d (ASCII digits). */
function keep(value: string, filter: string): string {
  const classes: RegExp[] = [];
  if (filter.includes("A")) classes.push(/\p{L}/u);
  if (filter.includes("a")) classes.push(/[A-Za-z]/);
  if (filter.includes("D")) classes.push(/\p{Nd}/u);
  if (filter.includes("d")) classes.push(/[0-9]/);
  return [...value].filter((c) => classes.some((pattern) => pattern.test(c))).join("");
}

function resolveVariable(key: string, { env }: ResolverContext): Resolved {
  const value = env[key];
  return value === undefined
    ? failed(`the environment variable ${key} is not set`, `Set ${key} or write the value itself.`, true)
    : { ok: true, value };
}

function resolvePlaceholder(key: string, context: ResolverContext): Resolved {
  const lower = key.toLowerCase();
  // With the usual separator the rest of the name has been taken for a filter.
  if (lower === "flyway" || lower.startsWith(`flyway${context.placeholderSeparator}`)) {
    return failed(
      "built-in placeholders have no value yet when configuration is read",
      "Use a placeholder of your own.",
    );
  }
  const value = context.placeholders[lower];
  return value === undefined
    ? failed(`no placeholder is named ${key}`, `Configure placeholders.${key}.`)
    : { ok: true, value };
}

const GIT_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  branch: ["rev-parse", "--abbrev-ref", "HEAD"],
  commit: ["rev-parse", "HEAD"],
  user: ["config", "user.name"],
  email: ["config", "user.email"],
};

function resolveGit(key: string, { git }: ResolverContext): Resolved {
  const command = GIT_COMMANDS[key];
  if (command === undefined) {
    return failed(`git.${key} is not known`, "Use git.branch, git.commit, git.user or git.email.");
  }
  const output = git?.(command)?.trim();
  return output === undefined || output === ""
    ? failed(
        `git does not say what ${key} is`,
        "Run the command inside a git repository, with git installed.",
        true,
      )
    : { ok: true, value: output };
}
