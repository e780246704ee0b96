// git in a project's folder.
import { execFileSync } from "node:child_process";
import type { Project } from "./project.ts";

const AS = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "init.defaultBranch=main"];

export const git = (p: Pick<Project, "dir">, ...args: readonly string[]): string =>
  execFileSync("git", [...AS, ...args], {
    cwd: p.dir,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

export function commit(p: Pick<Project, "dir">, message = "one"): void {
  git(p, "add", "-A");
  git(p, "commit", "--allow-empty", "-qm", message);
}

/** A repository with what the folder holds in its first commit, on main. */
export function repository(p: Pick<Project, "dir">): void {
  git(p, "init", "-q");
  commit(p);
}
