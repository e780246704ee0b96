// Completion for bash, zsh and fish, made from the commands and the table of settings.
import { SETTING_KEYS, type SettingKey } from "../config/keys.ts";
import type { Command } from "./command.ts";

interface Option {
  /** Without dashes. */
  readonly name: string;
  readonly doc: string;
  readonly takesValue: boolean;
  /** What may stand behind the equals sign, where that is known. */
  readonly values: readonly string[];
  readonly isPath: boolean;
}

interface Verb {
  readonly name: string;
  readonly doc: string;
  /** Its own, which no other verb has. */
  readonly options: readonly Option[];
  readonly words: readonly string[];
}

interface Vocabulary {
  readonly verbs: readonly Verb[];
  /** Settings and flags that stand with every verb. */
  readonly options: readonly Option[];
}

export function completionScript(shell: "bash" | "zsh" | "fish", commands: readonly Command[]): string {
  const vocabulary = vocabularyOf(commands);
  return { bash, zsh, fish }[shell](vocabulary);
}

const PROGRAMS = "godwit flyway";

// --- what there is to complete -----------------------------------------------------------------------------------------

const FLAGS: readonly Option[] = [
  { name: "X", doc: "Say more" },
  { name: "q", doc: "Say less" },
  { name: "v", doc: "Print the version" },
  { name: "h", doc: "Print help" },
].map((flag) => ({ ...flag, takesValue: false, values: [], isPath: false }));

const PATHS =
  /^(configFiles|workingDirectory|outputFile|dryRunOutput|locations|callbackLocations|filename|location)$|(File|Filename|Location|Path|Folder)$/;

function vocabularyOf(commands: readonly Command[]): Vocabulary {
  const settings = SETTING_KEYS.filter((key) => key.ignored !== true && key.type !== "open");
  const common = [...settings.filter((key) => !key.key.includes(".")).map(settingOption), ...FLAGS];
  const known = new Set(common.map(({ name }) => name));
  const verbs = commands.map((command): Verb => {
    const prefix = `${command.name}.`;
    const own = [
      ...settings
        .filter(({ key }) => key.startsWith(prefix) && !key.slice(prefix.length).includes("."))
        .map((key) => settingOption({ ...key, key: key.key.slice(prefix.length) })),
      ...command.options.map((option) => commandOption(option)),
    ];
    return {
      name: command.name,
      doc: command.summary,
      options: own.filter(
        ({ name }, i) => !known.has(name) && own.findIndex((other) => other.name === name) === i,
      ),
      words: command.words?.values ?? [],
    };
  });
  const builtIn: readonly Verb[] = [
    { name: "help", doc: "Print help", options: [], words: commands.map(({ name }) => name) },
    { name: "version", doc: "Print the version", options: [], words: [] },
  ];
  return { verbs: [...verbs, ...builtIn], options: common };
}

const settingOption = ({ key, doc, type, values = [] }: SettingKey): Option => ({
  name: key,
  doc: firstSentence(doc),
  takesValue: true,
  values: type === "bool" ? ["true", "false"] : values,
  isPath: PATHS.test(key),
});

const commandOption = ({ name, doc, value }: Command["options"][number]): Option => ({
  name,
  doc: firstSentence(doc),
  takesValue: value !== undefined,
  values: value === "true" || value === "false" ? ["true", "false"] : [],
  isPath: value === "file" || PATHS.test(name),
});

const firstSentence = (doc: string): string =>
  (/^.*?[^.][.](?= |$)/.exec(doc)?.[0] ?? doc).replace(/\.$/, "");

const everyOption = ({ options, verbs }: Vocabulary): readonly Option[] => {
  const all = [...options, ...verbs.flatMap((verb) => verb.options)];
  return all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i);
};

/** Names of options by what they take: "true false" -> outOfOrder, group. */
function byValues(vocabulary: Vocabulary): readonly (readonly [values: string, names: string])[] {
  const groups = new Map<string, string[]>();
  for (const { name, values } of everyOption(vocabulary)) {
    if (values.length === 0) continue;
    const key = values.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups].map(([values, names]) => [values, names.join("|")] as const);
}

const pathNames = (vocabulary: Vocabulary): string =>
  everyOption(vocabulary)
    .filter(({ isPath, values }) => isPath && values.length === 0)
    .map(({ name }) => name)
    .join("|");

const written = ({ name, takesValue }: Option): string => `-${name}${takesValue ? "=" : ""}`;

// --- bash ------------------------------------------------------------------------------------------------------------

/** Bash 3.2 (macOS) is enough. An equals sign may be a word of its own, as COMP_WORDBREAKS has it. */
function bash(vocabulary: Vocabulary): string {
  const { options, verbs } = vocabulary;
  const own = verbs.filter((verb) => verb.options.length > 0);
  const words = verbs.filter((verb) => verb.words.length > 0);
  return `# Completion of godwit for bash. In ~/.bashrc: source <(godwit completion bash)
_godwit() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="" before="" key="" head="" verb="" word="" list="" i
  COMPREPLY=()
  [ "$COMP_CWORD" -ge 1 ] && prev="\${COMP_WORDS[COMP_CWORD-1]}"
  [ "$COMP_CWORD" -ge 2 ] && before="\${COMP_WORDS[COMP_CWORD-2]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${verbs.map(({ name }) => name).join("|")})
        [ "\${COMP_WORDS[i-1]}" = "=" ] || verb="\${COMP_WORDS[i]}" ;;
    esac
  done
  if [ "$cur" = "=" ]; then
    key="$prev" cur=""
  elif [ "$prev" = "=" ]; then
    key="$before"
  elif [[ "$cur" == -*=* ]]; then
    key="\${cur%%=*}" head="\${cur%%=*}=" cur="\${cur#*=}"
  fi
  if [ -n "$key" ]; then
    key="\${key#-}" key="\${key#-}"
    case "$key" in
${byValues(vocabulary)
  .map(([values, names]) => `      ${names}) list="${values}" ;;`)
  .join("\n")}
      ${pathNames(vocabulary)})
        while IFS= read -r word; do COMPREPLY+=("$head$word"); done < <(compgen -f -- "$cur")
        return ;;
    esac
    while IFS= read -r word; do COMPREPLY+=("$head$word "); done < <(compgen -W "$list" -- "$cur")
    return
  fi
  if [[ "$cur" == -* ]]; then
    list="${options.map(written).join(" ")}"
    case "$verb" in
${own.map((verb) => `      ${verb.name}) list="$list ${verb.options.map(written).join(" ")}" ;;`).join("\n")}
    esac
    [[ "$cur" == --* ]] && list="\${list//-/--}"
  else
    list="${verbs.map(({ name }) => name).join(" ")}"
    case "$verb" in
${words.map((verb) => `      ${verb.name}) list="${verb.words.join(" ")}" ;;`).join("\n")}
    esac
  fi
  while IFS= read -r word; do
    case "$word" in
      *=) COMPREPLY+=("$word") ;;
      *) COMPREPLY+=("$word ") ;;
    esac
  done < <(compgen -W "$list" -- "$cur")
}
complete -o nospace -F _godwit ${PROGRAMS}
`;
}

// --- zsh -------------------------------------------------------------------------------------------------------------

const inQuotes = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const described = (items: readonly { readonly name: string; readonly doc: string }[], dash = ""): string =>
  items.map(({ name, doc }) => `    ${inQuotes(`${dash}${name}:${doc}`)}`).join("\n");

function zsh(vocabulary: Vocabulary): string {
  const { options, verbs } = vocabulary;
  const own = verbs.filter((verb) => verb.options.length > 0);
  const words = verbs.filter((verb) => verb.words.length > 0);
  const split = (all: readonly Option[], takesValue: boolean) =>
    all.filter((option) => option.takesValue === takesValue);
  return `#compdef ${PROGRAMS}
# Completion of godwit for zsh. In ~/.zshrc: source <(godwit completion zsh); or a file named _godwit in the fpath.
_godwit() {
  local -a verbs settings switches
  local verb word key
  verbs=(
${described(verbs)}
  )
  settings=(
${described(split(options, true), "-")}
  )
  switches=(
${described(split(options, false), "-")}
  )
  for word in "\${(@)words[2,CURRENT-1]}"; do
    (( \${verbs[(I)\${word}:*]} )) && verb=$word
  done
  if [[ $PREFIX == -*=* ]]; then
    key=\${PREFIX%%=*} key=\${key#-} key=\${key#-}
    compset -P '*='
    case $key in
${byValues(vocabulary)
  .map(([values, names]) => `      (${names}) compadd -- ${values} ;;`)
  .join("\n")}
      (${pathNames(vocabulary)}) _files ;;
      (*) _message 'value' ;;
    esac
    return
  fi
  if [[ $PREFIX == -* ]]; then
    case $verb in
${own
  .map(
    (verb) =>
      `      (${verb.name})\n        settings+=(\n${described(split(verb.options, true), "-")}\n        )\n        switches+=(\n${described(split(verb.options, false), "-")}\n        ) ;;`,
  )
  .join("\n")}
    esac
    if [[ $PREFIX == --* ]]; then
      settings=("\${(@)settings/#-/--}") switches=("\${(@)switches/#-/--}")
    fi
    _describe -t settings setting settings -S '='
    _describe -t switches switch switches
    return
  fi
  case $verb in
${words.map((verb) => `    (${verb.name}) compadd -- ${verb.words.join(" ")} ;;`).join("\n")}
    (*) _describe -t commands command verbs ;;
  esac
}
if [[ $funcstack[1] == _godwit ]]; then
  _godwit "$@"
else
  compdef _godwit ${PROGRAMS}
fi
`;
}

// --- fish ------------------------------------------------------------------------------------------------------------

const fishQuoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

function fish({ options, verbs }: Vocabulary): string {
  const option = (one: Option, condition: string): readonly string[] => {
    const value =
      one.values.length > 0
        ? ` -x -a ${fishQuoted(one.values.join(" "))}`
        : one.isPath
          ? " -r -F"
          : one.takesValue
            ? " -x"
            : "";
    const names = one.name.length === 1 ? `-s ${one.name}` : `-o ${one.name} -l ${one.name}`;
    return [`  complete -c $program${condition} ${names}${value} -d ${fishQuoted(one.doc)}`];
  };
  const seen = (verb: Verb): string => ` -n '__fish_seen_subcommand_from ${verb.name}'`;
  return `# Completion of godwit for fish. godwit completion fish > ~/.config/fish/completions/godwit.fish
for program in ${PROGRAMS}
  complete -c $program -f
${[
  ...verbs.map(
    ({ doc, name }) =>
      `  complete -c $program -n 'not __fish_seen_subcommand_from help completion' -a ${name} -d ${fishQuoted(doc)}`,
  ),
  ...verbs
    .filter((verb) => verb.words.length > 0)
    .map((verb) => `  complete -c $program${seen(verb)} -a ${fishQuoted(verb.words.join(" "))}`),
  ...options.flatMap((one) => option(one, "")),
  ...verbs.flatMap((verb) => verb.options.flatMap((one) => option(one, seen(verb)))),
].join("\n")}
end
`;
}
