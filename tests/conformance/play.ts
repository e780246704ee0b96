// Plays a scenario with one tool on a fresh database and writes down what happened.
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type pg from "pg";
import { catalogDigest, historyRows, schemaDump, tableRows } from "./catalog.ts";
import type { Cluster } from "./cluster.ts";
import { hideNames, type Json, type Names, normalise } from "./normalise.ts";
import type { RunStep, Scenario, Step } from "./scenario.ts";
import { type Finished, runStep, type Target, type Tool } from "./tools.ts";

/** What one step did. `history` is there when rows changed since the step before. */
export interface StepRecord {
  readonly step: string;
  readonly exit?: number | "hung";
  readonly json?: Json;
  readonly answer?: readonly string[];
  readonly contents?: Contents;
  readonly runs?: readonly StepRecord[];
  readonly history?: Readonly<Record<string, readonly string[]>>;
}

/** What a database holds. `dump` is there when pg_dump was asked for and found. */
export interface Contents {
  readonly catalog: readonly string[];
  readonly rows: readonly string[];
  readonly dump?: readonly string[];
}

export interface Recording extends Contents {
  readonly id: string;
  readonly title: string;
  readonly source?: string;
  readonly steps: readonly StepRecord[];
}

export interface Stage {
  readonly cluster: Cluster;
  /** A folder for projects. */
  readonly dir: string;
  /** Whether pg_dump is compared too, where there is one. */
  readonly dumps: boolean;
  /** Said of each run, for reading along. */
  readonly onRun?: (args: readonly string[], result: Finished) => void;
}

/** Which tool runs the nth command; alternation takes turns. */
export type Choose = (nth: number) => Tool;

export async function play(
  stage: Stage,
  scenario: Scenario,
  name: string,
  choose: Choose,
): Promise<Recording> {
  const database = `conformance_${name}_${scenario.id}`.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  const player = new Player(stage, scenario, name, database, choose);
  await stage.cluster.query("postgres", `drop database if exists ${database} with (force)`);
  await stage.cluster.query("postgres", `create database ${database} template template0`);
  try {
    return await player.play();
  } finally {
    await player.close();
    await stage.cluster.query("postgres", `drop database if exists ${database} with (force)`);
  }
}

class Player {
  private readonly project: string;
  private readonly names: Names;
  private readonly target: Target;
  private readonly held: pg.Client[] = [];
  private history = "{}";
  private runs = 0;

  constructor(
    private readonly stage: Stage,
    private readonly scenario: Scenario,
    name: string,
    private readonly database: string,
    private readonly choose: Choose,
  ) {
    const dir = join(stage.dir, name, scenario.id);
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(join(dir, "sql"), { recursive: true });
    this.project = realpathSync(dir);
    this.names = { project: this.project, database };
    const { host, port, user } = stage.cluster;
    this.target = { url: `jdbc:postgresql://${host}:${port}/${database}`, user };
  }

  async play(): Promise<Recording> {
    const { id, title, source, files, setup, steps } = this.scenario;
    this.writeFiles(files);
    if (setup !== undefined) await this.sql(setup);
    const records: StepRecord[] = [];
    for (const step of steps) {
      const record = await this.step(step);
      if (record === undefined) continue;
      const history = await historyRows(this.stage.cluster, this.database);
      const changed = JSON.stringify(history) !== this.history;
      this.history = JSON.stringify(history);
      records.push(changed ? { ...record, history } : record);
    }
    return {
      id,
      title,
      ...(source === undefined ? {} : { source }),
      steps: records,
      ...(await this.look()),
    };
  }

  private async look(): Promise<Contents> {
    const { cluster, dumps } = this.stage;
    const dump = dumps ? schemaDump(cluster, this.database) : undefined;
    const rows = await tableRows(cluster, this.database, this.scenario.countRows);
    return {
      catalog: await catalogDigest(cluster, this.database),
      rows: rows.map((line) => hideNames(line, this.names)),
      ...(dump === undefined ? {} : { dump }),
    };
  }

  async close(): Promise<void> {
    for (const client of this.held) await client.end();
    rmSync(this.project, { recursive: true, force: true });
  }

  private async step(step: Step): Promise<StepRecord | undefined> {
    switch (step.kind) {
      case "run":
        return this.run(step);
      case "sql":
        await this.sql(step.sql);
        return undefined;
      case "ask":
        return { step: step.sql, answer: await this.ask(step.sql) };
      case "look":
        return { step: "look", contents: await this.look() };
      case "file":
        return { step: step.path, answer: this.readLines(step.path) };
      case "edit":
        this.edit(step);
        return undefined;
      case "hold": {
        const client = await this.stage.cluster.open(this.database);
        await client.query(step.sql);
        this.held.push(client);
        return undefined;
      }
      case "together":
        return { step: "together", runs: await Promise.all(step.runs.map((each) => this.run(each))) };
      case "during": {
        const first = this.run(step.first);
        const answer = await this.waitFor(step.ask, first);
        const then = step.then === undefined ? [] : [await this.run(step.then)];
        return { step: "during", answer, runs: [await first, ...then] };
      }
    }
  }

  private async run(step: RunStep): Promise<StepRecord> {
    const tool = this.choose(this.runs++);
    const result = await runStep(tool, step, this.scenario.args ?? [], this.project, this.target);
    this.stage.onRun?.([tool.name, ...step.args], result);
    const label = [
      ...(step.mode === "text" ? ["(text)"] : []),
      ...(this.scenario.args ?? []),
      ...step.args,
    ].join(" ");
    const record = { step: label, exit: result.exit };
    return step.mode === "json" ? { ...record, json: this.readJson(result.stdout) } : record;
  }

  private readJson(stdout: string): Json {
    try {
      return normalise(JSON.parse(stdout) as Json, this.names);
    } catch {
      return { unreadable: stdout.slice(0, 2000) };
    }
  }

  private sql(statements: string) {
    return this.stage.cluster.query(this.database, statements);
  }

  private async ask(question: string): Promise<readonly string[]> {
    const rows = await this.sql(question);
    return rows.map((row) =>
      hideNames(
        Object.values(row)
          .map((value) => (value === null ? "" : String(value)))
          .join("|"),
        this.names,
      ),
    );
  }

  /** Asks until there is an answer, or until the command that should bring it about has ended. */
  private async waitFor(question: string, ends: Promise<unknown>): Promise<readonly string[]> {
    let over = false;
    void ends.finally(() => {
      over = true;
    });
    while (!over) {
      const answer = await this.ask(question);
      if (answer.length > 0) return answer;
    }
    return [];
  }

  private readLines(path: string): readonly string[] {
    try {
      const url = this.target.url;
      return hideNames(
        readFileSync(join(this.project, path), "utf8").replaceAll(url, "<url>"),
        this.names,
      ).split("\n");
    } catch {
      return ["<no file>"];
    }
  }

  private edit(step: Extract<Step, { kind: "edit" }>): void {
    for (const path of step.remove) rmSync(join(this.project, path));
    for (const [from, to] of Object.entries(step.move)) {
      mkdirSync(dirname(join(this.project, to)), { recursive: true });
      renameSync(join(this.project, from), join(this.project, to));
    }
    this.writeFiles(step.write);
  }

  private writeFiles(files: Scenario["files"]): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.project, path)), { recursive: true });
      writeFileSync(join(this.project, path), content);
    }
  }
}
