// One project in the workspace: its files as they are on the disk, with the texts of open documents over them, judged
// one run after the other with the memory of the runs before.
import { withoutBaseline } from "../lint/baseline.ts";
import type { LintFinding } from "../lint/finding.ts";
import { fixAll } from "../lint/fix-all.ts";
import { lineReader } from "../lint/lines.ts";
import { ReplayMemory } from "../lint/replay.ts";
import type { Rule } from "../lint/rule.ts";
import { type LintRun, lintSteps, type SchemaAt, schemaAt } from "../lint/run.ts";
import type { FileHistory, LintFile, LintFolder, Project, SourceFile } from "../lint/source.ts";
import type { Host, HostProject } from "./host.ts";
import { Cancelled, inSlices, type Token } from "./slices.ts";
import { keyOf } from "./uri.ts";

/** Text of a document by the key of its path. */
export type OpenTexts = ReadonlyMap<string, { readonly path: string; readonly text: string }>;

export interface JudgedFile {
  readonly source: SourceFile;
  readonly findings: readonly LintFinding[];
  /** False for files that may be applied somewhere: the main branch has them. */
  readonly mayChange: boolean;
  /** The rules in force, by id. */
  readonly rules: ReadonlyMap<string, Rule>;
}

/** A project with one file of it to judge. */
interface View {
  readonly run: LintRun & { readonly memory: ReplayMemory };
  readonly source: SourceFile;
  readonly file: LintFile;
  readonly mayChange: boolean;
}

export class Folder {
  readonly path: string;
  readonly #host: Host;
  readonly #texts: () => OpenTexts;
  #project: Promise<HostProject> | undefined;
  #memory = new ReplayMemory();
  #disk: OnDisk | undefined;
  readonly #histories = new Map<string, FileHistory | undefined>();
  /** The last run; the next one waits for it, since both would use the memory. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, host: Host, texts: () => OpenTexts) {
    this.path = path;
    this.#host = host;
    this.#texts = texts;
  }

  /** The configuration may be another. */
  reload(): void {
    this.#project = undefined;
    this.#memory = new ReplayMemory();
    this.rescan();
  }

  /** Files may have come, gone or changed. */
  rescan(): void {
    this.#disk = undefined;
    this.forgetHistories();
  }

  /** What git knows of files may be another. */
  forgetHistories(): void {
    this.#histories.clear();
  }

  /**
   * What `godwit lint FILE` finds in a document, by its key; undefined when it is no migration.
   * @throws GodwitError for a broken configuration; Cancelled.
   */
  judge(key: string, token: Token): Promise<JudgedFile | undefined> {
    return this.#alone(key, token, async ({ run, source, mayChange }, project) => {
      const result = await inSlices(lintSteps(run), token);
      const mine = result.findings.filter((f) => f.file === source.path);
      const lineOf = lineReader(new Map([[source.path, source.text ?? ""]]));
      const findings = withoutBaseline(mine, project.baseline(), lineOf, run.project.today);
      return { source, findings, mayChange, rules: new Map(run.rules.map(({ rule }) => [rule.id, rule])) };
    });
  }

  /** The text of a document as `godwit lint FILE --fix` leaves it; undefined when it is no migration. */
  mended(key: string, token: Token): Promise<string | undefined> {
    return this.#alone(key, token, async ({ run, source, file, mayChange }) => {
      const request = {
        project: run.project,
        first: await inSlices(lintSteps(run), token),
        kept: new Set(mayChange ? [] : [source.path]),
        parser: run.parser,
        rules: run.rules.map(({ rule }) => rule),
        replace: new Map([[source.path, file.replace]]),
        judge: (project: Project) => inSlices(lintSteps({ ...run, project }), token),
      };
      const { project } = await fixAll(request);
      return project.files.find((f) => f.path === source.path)?.text;
    });
  }

  /** The schema as a place of a document finds it. `offset`: of the document's script. */
  schemaAt(
    key: string,
    offsetIn: (source: SourceFile) => number,
    token: Token,
  ): Promise<
    (SchemaAt & { readonly source: SourceFile; readonly files: readonly SourceFile[] }) | undefined
  > {
    return this.#alone(key, token, async ({ run, source }) => {
      const found = await inSlices(schemaAt(run, source.path, offsetIn(source)), token);
      return found === undefined ? undefined : { ...found, source, files: run.project.files };
    });
  }

  #alone<T>(
    key: string,
    token: Token,
    work: (view: View, project: HostProject) => Promise<T>,
  ): Promise<T | undefined> {
    const next = this.#last.then(async () => {
      if (token.isCancellationRequested) throw new Cancelled();
      this.#project ??= this.#host.open(this.path);
      const project = await this.#project;
      const view = await this.#view(project, key);
      return view === undefined ? undefined : work(view, project);
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #view(project: HostProject, key: string): Promise<View | undefined> {
    this.#disk ??= onDisk(project.readFolder());
    const { sources, places, strays, files } = this.#disk;
    const all = [...sources];
    let asked: { readonly file: LintFile; readonly source: SourceFile } | undefined;
    for (const [one, { path, text }] of this.#texts()) {
      const at = places.get(one);
      const file = at === undefined ? project.unsavedFile(path, text) : files[at];
      if (file === undefined) continue;
      const source = withText(file, text, one === key);
      if (source.judged) asked = { file, source };
      all[at ?? all.length] = source;
    }
    if (asked === undefined) return undefined;
    await this.#learnHistory(project, asked.file);
    const { path } = asked.source;
    const history = this.#histories.get(path);
    const git = new Map(history === undefined ? [] : [[path, history]]);
    const whole: Project = { ...project.facts(), files: all, strays, git };
    // One file alone is its own set.
    const run = { ...project.run, project: whole, together: "file", memory: this.#memory } as const;
    const mayChange = history === undefined || !project.isUnchangeable(asked.source);
    return { run, ...asked, mayChange };
  }

  async #learnHistory(project: HostProject, file: LintFile): Promise<void> {
    const { path } = file.source;
    if (this.#histories.has(path)) return;
    this.#histories.set(path, (await project.histories([file])).get(path));
  }
}

/** A folder as it was read; `places` are the indexes of files by key. */
interface OnDisk {
  readonly files: readonly LintFile[];
  readonly sources: readonly SourceFile[];
  readonly places: ReadonlyMap<string, number>;
  readonly strays: LintFolder["strays"];
}

const onDisk = ({ files, strays }: LintFolder): OnDisk => ({
  files,
  strays,
  sources: files.map(({ source }) => ({ ...source, judged: false })),
  places: new Map(files.map(({ absolute }, i) => [keyOf(absolute), i])),
});

/** What is not SQL stays without a text. */
const withText = ({ source, replace }: LintFile, text: string, judged: boolean): SourceFile =>
  source.text === undefined ? { ...source, judged } : { ...source, text, replaced: replace(text), judged };
