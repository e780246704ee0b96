// An editor without a screen: starts the built program as a language server and speaks with it as editors do.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
  type TextEdit,
} from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { ROOT, run } from "./package.ts";

let built: string | undefined;

/** The built program; built once a run of the tests, and removed when the process ends. */
export function builtProgram(): string {
  if (built === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "godwit-lsp-"));
    run(process.execPath, [join(ROOT, "script/build.mjs"), folder, "--no-types"], ROOT);
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    built = join(folder, "cli.cjs");
  }
  return built;
}

export interface Files extends Disposable {
  readonly dir: string;
  path(name: string): string;
  uri(name: string): string;
  write(files: Readonly<Record<string, string>>): void;
  read(name: string): string;
  /** `godwit` in the folder, to its end. */
  godwit(...args: readonly string[]): { readonly status: number | null; readonly stdout: string };
  git(...args: readonly string[]): void;
}

export function files(content: Readonly<Record<string, string>>): Files {
  const dir = mkdtempSync(join(tmpdir(), "godwit lsp é-"));
  const program = builtProgram();
  const path = (name: string): string => join(dir, name);
  const made: Files = {
    dir,
    path,
    uri: (name) => pathToFileURL(path(name)).href,
    write: (more) => {
      for (const [name, text] of Object.entries(more)) {
        mkdirSync(dirname(path(name)), { recursive: true });
        writeFileSync(path(name), text);
      }
    },
    read: (name) => readFileSync(path(name), "utf8"),
    godwit: (...args) => spawnSync(process.execPath, [program, ...args], { cwd: dir, encoding: "utf8" }),
    git: (...args) => {
      const identity = ["-c", "user.name=n", "-c", "user.email=n@example.org"];
      run("git", [...identity, "-c", "init.defaultBranch=main", ...args], dir);
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
  made.write(content);
  return made;
}

export interface Editor extends AsyncDisposable {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  /** Messages that were shown. */
  readonly shown: string[];
  /** How often the server asked for everything to be asked for again. */
  readonly refreshes: () => number;
  readonly watched: () => boolean;
  open(uri: string, text: string): Promise<void>;
  /** Replaces a range, or the whole text. */
  change(uri: string, text: string, at?: { readonly from: string }): Promise<void>;
  close(uri: string): Promise<void>;
  text(uri: string): string;
  /** Those told for the text as it is now. */
  diagnostics(uri: string): Promise<readonly Diagnostic[]>;
  /** Waits for a state of what was told. */
  until(isSo: (told: (uri: string) => readonly Diagnostic[] | undefined) => boolean): Promise<void>;
  actions(uri: string, only?: readonly string[], within?: Diagnostic): Promise<readonly CodeAction[]>;
  apply(action: CodeAction): Promise<void>;
  hover(uri: string, at: string, inside?: number): Promise<string | undefined>;
  exit(): Promise<number | null>;
  readonly process: ChildProcess;
}

/** Everything a client can do that the server asks about. */
export const ALL_ABLE: ClientCapabilities = {
  workspace: {
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true },
  },
  textDocument: { hover: { contentFormat: ["markdown"] } },
};

export async function editor(
  folders: readonly string[],
  capabilities: ClientCapabilities = ALL_ABLE,
  args: readonly string[] = [],
): Promise<Editor> {
  const server = spawn(process.execPath, [builtProgram(), "lsp", "--stdio", ...args], {
    cwd: tmpdir(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => server.once("exit", resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.onError(() => undefined);
  const told = new Map<string, PublishDiagnosticsParams>();
  const documents = new Map<string, TextDocument>();
  const shown: string[] = [];
  let refreshes = 0;
  let watched = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of waiting) check();
  };
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    told.set(params.uri, params);
    wake();
  });
  connection.onNotification("window/showMessage", ({ message }: { message: string }) => {
    shown.push(message);
    wake();
  });
  connection.onRequest("client/registerCapability", () => {
    watched = true;
    wake();
  });
  connection.onRequest("workspace/diagnostic/refresh", () => {
    refreshes++;
    wake();
  });
  connection.listen();
  const when = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!isSo()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const initialized: InitializeResult = await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: folders.map((dir) => ({ uri: pathToFileURL(dir).href, name: dir })),
    capabilities,
  });
  await connection.sendNotification("initialized", {});
  const documentOf = (uri: string): TextDocument => {
    const document = documents.get(uri);
    if (document === undefined) throw new Error(`${uri} is not open`);
    return document;
  };
  const edit = async (uri: string, changes: TextDocumentContentChangeEvent[]): Promise<void> => {
    const document = documentOf(uri);
    const version = document.version + 1;
    documents.set(uri, TextDocument.update(document, changes, version));
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: changes,
    });
  };
  const made: Editor = {
    connection,
    initialized,
    shown,
    process: server,
    refreshes: () => refreshes,
    watched: () => watched,
    open: async (uri, text) => {
      documents.set(uri, TextDocument.create(uri, "sql", 1, text));
      await connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "sql", version: 1, text },
      });
    },
    change: async (uri, text, at) => {
      const document = documentOf(uri);
      if (at === undefined) return edit(uri, [{ text }]);
      const start = document.getText().indexOf(at.from);
      if (start === -1) throw new Error(`the text has no ${at.from}`);
      const range = {
        start: document.positionAt(start),
        end: document.positionAt(start + at.from.length),
      };
      return edit(uri, [{ range, text }]);
    },
    close: async (uri) => {
      documents.delete(uri);
      told.delete(uri);
      await connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
    },
    text: (uri) => documentOf(uri).getText(),
    diagnostics: async (uri) => {
      const { version } = documentOf(uri);
      await when(() => told.get(uri)?.version === version);
      return told.get(uri)?.diagnostics ?? [];
    },
    until: (isSo) => when(() => isSo((uri) => told.get(uri)?.diagnostics)),
    actions: async (uri, only, within) => {
      const document = documentOf(uri);
      const whole = {
        start: { line: 0, character: 0 },
        end: document.positionAt(document.getText().length),
      };
      const found: readonly CodeAction[] | null = await connection.sendRequest("textDocument/codeAction", {
        textDocument: { uri },
        range: within?.range ?? whole,
        context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
      });
      return found ?? [];
    },
    apply: async ({ edit: wish }) => {
      const changes: readonly (readonly [string, readonly TextEdit[]])[] = [
        ...(wish?.documentChanges ?? []).flatMap((change) =>
          "edits" in change
            ? [[change.textDocument.uri, change.edits.filter((e) => "newText" in e)] as const]
            : [],
        ),
        ...Object.entries(wish?.changes ?? {}),
      ];
      for (const [uri, edits] of changes)
        await edit(uri, [{ text: TextDocument.applyEdits(documentOf(uri), [...edits]) }]);
    },
    hover: async (uri, at, inside = 0) => {
      const document = documentOf(uri);
      const found: { contents: { value: string } } | null = await connection.sendRequest(
        "textDocument/hover",
        {
          textDocument: { uri },
          position: document.positionAt(document.getText().indexOf(at) + inside),
        },
      );
      return found?.contents.value;
    },
    exit: async () => {
      await connection.sendNotification("exit");
      return ended;
    },
    [Symbol.asyncDispose]: async () => {
      if (server.exitCode === null) {
        await connection.sendRequest("shutdown");
        await connection.sendNotification("exit");
      }
      await ended;
      connection.dispose();
    },
  };
  return made;
}
