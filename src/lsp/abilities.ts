// What the client says it can do, and what the server says it can.
import {
  type ClientCapabilities,
  CodeActionKind,
  type InitializeResult,
  MarkupKind,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import { type EditAbilities, FIX_ALL } from "./actions.ts";

export interface Abilities extends EditAbilities {
  /** It asks for diagnostics, and shows those that are told beside them: so they are not told. */
  readonly pulls: boolean;
  readonly refreshes: boolean;
  readonly watches: boolean;
  readonly folderChanges: boolean;
  readonly hoverKind: MarkupKind;
}

export function abilitiesOf({ textDocument, workspace }: ClientCapabilities): Abilities {
  const edit = workspace?.workspaceEdit;
  const documentChanges = edit?.documentChanges === true;
  const formats = textDocument?.hover?.contentFormat ?? [];
  return {
    documentChanges,
    // Snippets are edits of documentChanges alone.
    snippets: documentChanges && edit?.snippetEditSupport === true,
    pulls: textDocument?.diagnostic !== undefined,
    refreshes: workspace?.diagnostics?.refreshSupport === true,
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    folderChanges: workspace?.workspaceFolders === true,
    hoverKind: formats.includes(MarkupKind.Markdown) ? MarkupKind.Markdown : MarkupKind.PlainText,
  };
}

export const serverAbilities = (version: string): InitializeResult => ({
  serverInfo: { name: "godwit", version },
  capabilities: {
    positionEncoding: "utf-16",
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    diagnosticProvider: { identifier: "godwit", interFileDependencies: true, workspaceDiagnostics: false },
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
    hoverProvider: true,
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
});

/** Whatever findings depend on. Scripts of migrations have configurations of their own beside them (V1__a.sql.conf). */
export const WATCHED = ["**/*.sql", "**/*.conf", "**/flyway*.toml", "**/*baseline*.json"];

/** Files whose change makes other settings; configurations may have any name. */
export const isConfiguration = (path: string): boolean => /(?<!\.sql)\.(?:conf|toml)$/i.test(path);
