import { describe, expect, it } from "vitest";
import { Folder } from "../../../src/lsp/folder.ts";
import type { Host } from "../../../src/lsp/host.ts";
import { Publisher, type Publishing } from "../../../src/lsp/publisher.ts";
import { Cancelled, inSlices, type Token } from "../../../src/lsp/slices.ts";

const host: Host = {
  projectFolder: () => undefined,
  open: () => Promise.reject(new Error("not opened here")),
};
const folder = new Folder("/project", host, () => new Map());

function recording(work: (token: Token) => Promise<void> = async () => {}) {
  const seen: string[] = [];
  let done: () => void = () => {};
  const rested = new Promise<void>((resolve) => {
    done = resolve;
  });
  const publishing: Publishing = {
    changed: async (uris, token) => {
      await work(token);
      seen.push(uris.join(" "));
    },
    others: async () => {
      seen.push("others");
      done();
    },
    failed: (error) => {
      seen.push(String(error));
      done();
    },
  };
  return { publisher: new Publisher(publishing), seen, rested };
}

describe("telling without being asked", () => {
  it("waits for a pause, tells what changed once, then the others", async () => {
    const { publisher, seen, rested } = recording();
    publisher.touch(folder, ["a"]);
    publisher.touch(folder, ["b"]);
    publisher.touch(folder, ["a"]);
    await rested;
    expect(seen).toEqual(["a b", "others"]);
  });

  it("gives up what is under way when something changes again, and forgets nothing of it", async () => {
    const tokens: Token[] = [];
    let begun: () => void = () => {};
    const first = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { publisher, seen, rested } = recording(async (token) => {
      tokens.push(token);
      if (tokens.length > 1) return;
      begun();
      const forever = function* (): Generator<void, void> {
        for (;;) yield;
      };
      await inSlices(forever(), token);
    });
    publisher.touch(folder, ["a"]);
    await first;
    publisher.touch(folder, ["b"]);
    await rested;
    expect(seen).toEqual(["a b", "others"]);
    expect(tokens.map((t) => t.isCancellationRequested)).toEqual([true, false]);
  });

  it("says what went wrong", async () => {
    const { publisher, seen, rested } = recording(() => Promise.reject(new Error("no")));
    publisher.touch(folder, ["a"]);
    await rested;
    expect(seen).toEqual(["Error: no"]);
  });
});

describe("work in slices", () => {
  it("gives its value, and lets others run meanwhile", async () => {
    let others = 0;
    const timer = setInterval(() => others++, 1);
    const long = function* (): Generator<void, string> {
      while (others < 3) yield;
      return "done";
    };
    expect(await inSlices(long(), { isCancellationRequested: false })).toBe("done");
    clearInterval(timer);
  });

  it("does not begin when nobody waits any more", async () => {
    const steps = function* (): Generator<void, void> {
      yield;
      throw new Error("begun");
    };
    await expect(inSlices(steps(), { isCancellationRequested: true })).rejects.toThrow(Cancelled);
  });
});
