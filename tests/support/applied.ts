// A project whose files are applied already, in a database of its own.
import type { Session } from "../../src/server/session.ts";
import { open, type TestDatabase, testDatabase } from "./database.ts";
import { type Project, project } from "./project.ts";

export interface AppliedProject extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly p: Project;
}

export async function appliedProject(files: Readonly<Record<string, string>>): Promise<AppliedProject> {
  const db = await testDatabase();
  const p = project(db, files);
  await p.run("migrate");
  return {
    db,
    p,
    [Symbol.asyncDispose]: async () => {
      p[Symbol.dispose]();
      await db[Symbol.asyncDispose]();
    },
  };
}

export interface Held extends AppliedProject {
  readonly other: Session;
}

/** The same, and another session that reads its table a in an open transaction. */
export async function withTableHeld(files: Readonly<Record<string, string>>): Promise<Held> {
  const applied = await appliedProject(files);
  const other = await open(applied.db.target);
  await other.pipeline(["begin", "select * from a"]);
  return {
    ...applied,
    other,
    [Symbol.asyncDispose]: async () => {
      await other.close();
      await applied[Symbol.asyncDispose]();
    },
  };
}
