// The language server: findings, fixes and hovers over standard input and output. Which messages there are and what they
// hold is the Language Server Protocol 3.17; what is said in them is lint's.
import type { Writable } from "node:stream";
import {
  type Connection,
  createConnection,
  DiagnosticRefreshRequest,
  DidChangeWatchedFilesNotification,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  ErrorCodes,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  TextDocuments,
} from "vscode-languageserver";
import { createProtocolConnection } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { messageOf } from "../base/errors.ts";
import { type Abilities, abilitiesOf, isConfiguration, serverAbilities, WATCHED } from "./abilities.ts";
import { type Asked, codeActions, hoverAt } from "./answers.ts";
import { place, toDiagnostic } from "./diagnostics.ts";
import type { Folder, JudgedFile } from "./folder.ts";
import type { Host } from "./host.ts";
import { Judgements } from "./judgements.ts";
import { lifetime, type Surroundings } from "./lifetime.ts";
import { Publisher } from "./publisher.ts";
import { Cancelled, type Token } from "./slices.ts";
import { pathOf } from "./uri.ts";
import { Workspace } from "./workspace.ts";

export interface ServerInput extends Surroundings {
  readonly host: Host;
  readonly version: string;
  readonly output: Writable;
}

/** Serves until the editor says exit or goes away, or the signal comes. Gives the exit code. */
export async function serve(input: ServerInput): Promise<number> {
  const { host, version } = input;
  const life = lifetime(input);
  const connection = createConnection(
    (logger) => createProtocolConnection(input.input, input.output, logger),
    life,
  );
  const documents = new TextDocuments(TextDocument);
  const workspace = new Workspace(host, documents);
  const server = new Server(connection, documents, workspace);
  server.listen(version);
  const code = await life.over;
  server.stop();
  connection.dispose();
  input.input.destroy();
  return code;
}

class Server {
  readonly #connection: Connection;
  readonly #documents: TextDocuments<TextDocument>;
  readonly #workspace: Workspace;
  readonly #judgements: Judgements;
  readonly #publisher: Publisher;
  #abilities: Abilities = abilitiesOf({});
  /** What a client that asks was told last, by URI, so that nothing is said twice. */
  readonly #told = new Map<string, { readonly id: string; readonly text: string }>();
  #answers = 0;

  constructor(connection: Connection, documents: TextDocuments<TextDocument>, workspace: Workspace) {
    this.#connection = connection;
    this.#documents = documents;
    this.#workspace = workspace;
    this.#judgements = new Judgements({
      show: (message) =>
        this.#send(
          connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Error, message }),
        ),
      publish: (uri, diagnostics) =>
        this.#send(connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] })),
    });
    this.#publisher = new Publisher({
      changed: (uris, token) => this.#publish(uris, token, "all"),
      others: (folder, token) => this.#publishOthers(folder, token),
      failed: (error) =>
        connection.console.error(error instanceof Error ? (error.stack ?? "") : String(error)),
    });
  }

  stop(): void {
    this.#publisher.stop();
  }

  /** What cannot be sent any more was for an editor that is gone, or that does not know it. */
  #send(sent: Promise<unknown>): void {
    sent.catch(() => undefined);
  }

  listen(version: string): void {
    this.#answerLifecycle(version);
    this.#followDocuments();
    const connection = this.#connection;
    connection.languages.diagnostics.on((params, token) => this.#pull(params, token));
    connection.onCodeAction((params, token) => this.#answer(() => codeActions(this.#asked, params, token)));
    connection.onHover((params, token) => this.#answer(() => hoverAt(this.#asked, params, token)));
    this.#documents.listen(connection);
    connection.listen();
  }

  // --- life and documents ----------------------------------------------------------------------------------------------

  #answerLifecycle(version: string): void {
    const connection = this.#connection;
    connection.onInitialize(({ capabilities, workspaceFolders, rootUri }) => {
      this.#abilities = abilitiesOf(capabilities);
      const roots = workspaceFolders?.map((f) => f.uri) ?? (rootUri == null ? [] : [rootUri]);
      this.#workspace.setRoots(roots);
      return serverAbilities(version);
    });
    connection.onInitialized(() => {
      if (this.#abilities.folderChanges)
        connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
          const uris = (folders: typeof added) => folders.map((f) => f.uri);
          this.#workspace.changeRoots(uris(added), uris(removed));
          this.#reload();
        });
      if (!this.#abilities.watches) return;
      const watchers = WATCHED.map((globPattern) => ({ globPattern }));
      this.#send(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }));
    });
    connection.onDidChangeConfiguration(() => this.#reload());
    connection.onDidChangeWatchedFiles(({ changes }) => this.#changedOnDisk(changes.map((c) => c.uri)));
    connection.onShutdown(() => this.stop());
  }

  #followDocuments(): void {
    this.#documents.onDidChangeContent(({ document }) => {
      const member = this.#workspace.member(document.uri);
      if (member !== undefined) this.#changed(member.folder, [document.uri]);
    });
    this.#documents.onDidSave(({ document }) => {
      this.#changedOnDisk([document.uri]);
    });
    this.#documents.onDidClose(({ document: { uri } }) => {
      this.#judgements.forget(uri);
      this.#told.delete(uri);
      this.#send(this.#connection.sendDiagnostics({ uri, diagnostics: [] }));
      // Closed without saving, the text on the disk counts again.
      for (const folder of this.#workspace.folders) {
        folder.rescan();
        this.#changed(folder, []);
      }
      this.#workspace.closed(uri);
    });
  }

  #changed(folder: Folder, uris: readonly string[]): void {
    this.#judgements.outdate(folder);
    this.#publisher.touch(folder, uris);
  }

  #changedOnDisk(uris: readonly string[]): void {
    if (uris.some((uri) => isConfiguration(pathOf(uri) ?? ""))) {
      this.#reload();
      return;
    }
    // Of an open document the text is known; but a client that watches no files tells of no other change than a save.
    const isKnown = this.#abilities.watches && uris.every((uri) => this.#workspace.member(uri) !== undefined);
    for (const folder of this.#workspace.folders) {
      if (isKnown) folder.forgetHistories();
      else folder.rescan();
      this.#changed(folder, []);
    }
  }

  #reload(): void {
    this.#workspace.reload();
    const open = this.#documents.all().flatMap(({ uri }) => this.#workspace.member(uri) ?? []);
    for (const folder of new Set(open.map((m) => m.folder))) this.#changed(folder, []);
  }

  // --- diagnostics -----------------------------------------------------------------------------------------------------

  async #publish(uris: readonly string[], token: Token, which: "all" | "news"): Promise<void> {
    if (this.#abilities.pulls) return;
    const members = uris.flatMap((uri) => this.#workspace.member(uri) ?? []);
    for (const member of members) {
      const { document } = member;
      const { uri, version } = document;
      const judged = await this.#judgements.of(member, token);
      // What was typed meanwhile has a run of its own.
      if (judged !== undefined && judged.source.text !== document.getText()) continue;
      const diagnostics = judged === undefined ? [] : place(judged).map(toDiagnostic);
      if (this.#isNews(uri, JSON.stringify(diagnostics)) || which === "all")
        await this.#connection.sendDiagnostics({ uri, version, diagnostics });
    }
  }

  async #publishOthers(folder: Folder, token: Token): Promise<void> {
    const members = this.#workspace.members(folder);
    if (!this.#abilities.pulls) {
      await this.#publish(
        members.map((m) => m.document.uri),
        token,
        "news",
      );
      return;
    }
    if (!this.#abilities.refreshes) return;
    for (const member of members) {
      const told = this.#told.get(member.document.uri);
      if (told === undefined || told.text === diagnosticsText(await this.#judgements.of(member, token)))
        continue;
      this.#send(this.#connection.sendRequest(DiagnosticRefreshRequest.type));
      return;
    }
  }

  /** Keeps what is told; false when it was told before. */
  #isNews(uri: string, text: string): boolean {
    if (this.#told.get(uri)?.text === text) return false;
    this.#told.set(uri, { id: String(++this.#answers), text });
    return true;
  }

  async #pull(params: DocumentDiagnosticParams, token: Token): Promise<DocumentDiagnosticReport> {
    const { uri } = params.textDocument;
    const member = this.#workspace.member(uri);
    if (member === undefined) return { kind: "full", items: [] };
    const { version } = member.document;
    try {
      const judged = await this.#judgements.of(member, token);
      if (member.document.version !== version) throw new Cancelled();
      const items = judged === undefined ? [] : place(judged).map(toDiagnostic);
      this.#isNews(uri, JSON.stringify(items));
      const resultId = this.#told.get(uri)?.id ?? "";
      return params.previousResultId === resultId
        ? { kind: "unchanged", resultId }
        : { kind: "full", resultId, items };
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      if (token.isCancellationRequested) throw cancelledRequest();
      throw new ResponseError(LSPErrorCodes.ServerCancelled, "The text has changed.", {
        retriggerRequest: true,
      });
    }
  }

  // --- other questions ---------------------------------------------------------------------------------------------------

  get #asked(): Asked {
    return {
      workspace: this.#workspace,
      judgements: this.#judgements,
      abilities: this.#abilities,
    };
  }

  /** Work that was given up answers so. */
  async #answer<T>(work: () => Promise<T>): Promise<T | ResponseError<void>> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Cancelled) return cancelledRequest();
      return new ResponseError(ErrorCodes.InternalError, messageOf(error));
    }
  }
}

const cancelledRequest = (): ResponseError<void> =>
  new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");

const diagnosticsText = (judged: JudgedFile | undefined): string =>
  JSON.stringify(judged === undefined ? [] : place(judged).map(toDiagnostic));
