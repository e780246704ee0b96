// Completion scripts, run by the shells that are there.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { completionScript } from "../../../src/commands/completion-scripts.ts";
import { COMMANDS } from "../../../src/commands/index.ts";
import type { Settings } from "../../../src/config/settings.ts";
import type { World } from "../../../src/engine/engine.ts";
import { failureOf } from "../../support/failure.ts";

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

/** What bash offers for the words, of which the last is the one under the cursor. */
function bash(...words: readonly string[]): readonly string[] {
  const quoted = ["godwit", ...words].map((word) => `'${word}'`).join(" ");
  const program = `${completionScript("bash", COMMANDS)}
COMP_WORDS=(${quoted})
COMP_CWORD=${words.length}
_godwit
printf '%s|\\n' "\${COMPREPLY[@]}"
complete -p godwit flyway`;
  const { stderr, stdout } = spawnSync("bash", ["--norc", "-c", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  const lines = stdout.split("\n").slice(0, -1);
  expect(lines.splice(-2)).toEqual([
    "complete -o nospace -F _godwit godwit",
    "complete -o nospace -F _godwit flyway",
  ]);
  return lines.map((line) => line.replace(/\|$/, "")).filter((line) => line !== "");
}

describe.runIf(has("bash"))("completion in bash", () => {
  it("offers commands", () => {
    expect(bash("")).toEqual([...COMMANDS.map((c) => c.name), "help", "version"].map((name) => `${name} `));
    expect(bash("mi")).toEqual(["migrate "]);
    expect(bash("info", "val")).toEqual(["validate "]);
  });

  it("offers settings with an equals sign, by one dash or two", () => {
    expect(bash("-outOf")).toEqual(["-outOfOrder="]);
    expect(bash("migrate", "--lockT")).toEqual(["--lockTimeout=", "--lockTimeoutRetries="]);
    expect(bash("-X")).toEqual(["-X "]);
    expect(bash("-url")).toEqual(["-url="]);
    expect(bash("-noSuch")).toEqual([]);
  });

  it("offers an option that one command has to that command", () => {
    expect(bash("info", "-migrationI")).toEqual(["-migrationIds "]);
    expect(bash("migrate", "-migrationI")).toEqual([]);
  });

  it("offers values, whether bash cuts words at the equals sign or not", () => {
    expect(bash("migrate", "-outOfOrder", "=", "t")).toEqual(["true "]);
    expect(bash("migrate", "-outOfOrder", "=")).toEqual(["true ", "false "]);
    expect(bash("migrate", "-outOfOrder=")).toEqual(["-outOfOrder=true ", "-outOfOrder=false "]);
    expect(bash("--color", "=", "a")).toEqual(["always ", "auto "]);
    expect(bash("-installedBy", "=", "m")).toEqual([]);
  });

  it("offers files for settings that are paths", () => {
    expect(bash("-configFiles", "=", "packa")).toEqual(
      ["package-lock.json", "package.json"].toReversed().sort(),
    );
    expect(bash("-configFiles=tsconf")).toEqual(["-configFiles=tsconfig.json"]);
  });

  it("offers the shells to completion and the commands to help", () => {
    expect(bash("completion", "")).toEqual(["bash ", "zsh ", "fish "]);
    expect(bash("help", "rep")).toEqual(["repair "]);
  });

  it("does not take the value of a setting for a command", () => {
    expect(bash("-installedBy", "=", "help", "rep")).toEqual(["repair "]);
    expect(bash("-table", "=", "completion", "b")).toEqual(["baseline "]);
  });
});

/** Asks a real zsh, as its own tests do: the matches that compadd and _describe are given. */
function zsh(...words: readonly string[]): string {
  const program = `
compset() { [[ $PREFIX == \${~2} ]] && IPREFIX=\${PREFIX%%=*}= PREFIX=\${PREFIX#*=} }
compadd() { print -r -- "compadd \${*:2}" }
_files() { print files }
_message() { print message }
_describe() { local all=$4; print -rl -- \${\${(P)all}%%:*} }
compdef() { print -r -- "compdef $*" }
source /dev/stdin <<'END'
${completionScript("zsh", COMMANDS)}
END
words=(godwit ${words.map((word) => `'${word}'`).join(" ")}) CURRENT=${words.length + 1} PREFIX='${words.at(-1)}'
_godwit`;
  const { stderr, stdout } = spawnSync("zsh", ["-f", "-c", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

describe.runIf(has("zsh"))("completion in zsh", () => {
  it("offers commands, settings, values and files", () => {
    expect(zsh("").split("\n")).toEqual(
      expect.arrayContaining(["compdef _godwit godwit flyway", "migrate", "help"]),
    );
    expect(zsh("migrate", "-o").split("\n")).toEqual(expect.arrayContaining(["-outOfOrder", "-X"]));
    expect(zsh("migrate", "--o").split("\n")).toContain("--outOfOrder");
    expect(zsh("info", "-m").split("\n")).toContain("-migrationIds");
    expect(zsh("migrate", "-m").split("\n")).not.toContain("-migrationIds");
    expect(zsh("migrate", "-outOfOrder=")).toContain("compadd true false");
    expect(zsh("-configFiles=")).toContain("files");
    expect(zsh("completion", "")).toContain("compadd bash zsh fish");
  });
});

function fish(line: string): readonly string[] {
  const program = `${completionScript("fish", COMMANDS)}\ncomplete -C '${line}'`;
  const { stderr, stdout } = spawnSync("fish", ["--no-config", "-c", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").map((entry) => entry.split("\t")[0] ?? "");
}

describe.runIf(has("fish"))("completion in fish", () => {
  it("offers commands, settings and values", () => {
    expect(fish("godwit mi")).toContain("migrate");
    expect(fish("flyway mi")).toContain("migrate");
    expect(fish("godwit migrate --outOf")).toContain("--outOfOrder");
    expect(fish("godwit migrate --outOfOrder=")).toEqual(
      expect.arrayContaining(["--outOfOrder=true", "--outOfOrder=false"]),
    );
    expect(fish("godwit info -migrationI")).toContain("-migrationIds");
    expect(fish("godwit migrate -migrationI")).not.toContain("-migrationIds");
    expect(fish("godwit completion ")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
  });
});

describe("completion", () => {
  const command = COMMANDS.find((c) => c.name === "completion");
  const ask = (words: readonly string[]) =>
    command?.run({ world: {} as World, settings: {} as Settings, options: {}, words }) ?? Promise.reject();

  it("gives the script of a shell", async () => {
    for (const shell of ["bash", "zsh", "fish"] as const) {
      expect(await ask([shell])).toEqual({
        exitCode: 0,
        outcome: { operation: "completion", shell, script: completionScript(shell, COMMANDS) },
      });
    }
  });

  it("says which shells there are when it is asked for none or another", async () => {
    expect((await failureOf(ask([]))).message).toBe("completion needs the name of a shell.");
    expect(await failureOf(ask(["csh"]))).toMatchObject({
      message: 'completion does not know "csh".',
      advice: "Write one of: godwit completion bash, godwit completion zsh, godwit completion fish.",
    });
  });
});
