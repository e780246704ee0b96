// Open documents, and the projects they belong to.
import type { TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { Folder, type OpenTexts } from "./folder.ts";
import type { Host } from "./host.ts";
import { isWithin, keyOf, pathOf } from "./uri.ts";

/** A document that is a file, in a project. */
export interface Member {
  readonly document: TextDocument;
  readonly folder: Folder;
  readonly key: string;
}

export class Workspace {
  readonly #host: Host;
  readonly #documents: TextDocuments<TextDocument>;
  /** Paths of the workspace's folders. */
  #roots: readonly string[] = [];
  /** By key of their path. */
  readonly #folders = new Map<string, Folder>();
  /** Where the project of each open document is, by URI. */
  readonly #homes = new Map<string, string | undefined>();

  constructor(host: Host, documents: TextDocuments<TextDocument>) {
    this.#host = host;
    this.#documents = documents;
  }

  setRoots(uris: readonly string[]): void {
    this.#roots = uris.flatMap((uri) => pathOf(uri) ?? []);
    this.#homes.clear();
  }

  changeRoots(added: readonly string[], removed: readonly string[]): void {
    const gone = new Set(removed.flatMap((uri) => pathOf(uri) ?? []).map((path) => keyOf(path)));
    const more = added.flatMap((uri) => pathOf(uri) ?? []);
    this.#roots = [...this.#roots.filter((root) => !gone.has(keyOf(root))), ...more];
    this.#homes.clear();
  }

  get folders(): readonly Folder[] {
    return [...this.#folders.values()];
  }

  /** The configuration of some project came, went or changed: documents may belong elsewhere. */
  reload(): void {
    this.#homes.clear();
    for (const folder of this.folders) folder.reload();
  }

  closed(uri: string): void {
    this.#homes.delete(uri);
  }

  member(uri: string): Member | undefined {
    const document = this.#documents.get(uri);
    const path = pathOf(uri);
    if (document === undefined || path === undefined) return undefined;
    const folder = this.#folderOf(uri, path);
    return folder === undefined ? undefined : { document, folder, key: keyOf(path) };
  }

  /** Open documents of a project. */
  members(folder: Folder): readonly Member[] {
    return this.#documents.all().flatMap((document) => {
      const member = this.member(document.uri);
      return member?.folder === folder ? [member] : [];
    });
  }

  #folderOf(uri: string, path: string): Folder | undefined {
    if (!this.#homes.has(uri)) this.#homes.set(uri, this.#host.projectFolder(path, this.#rootOf(path)));
    const home = this.#homes.get(uri);
    if (home === undefined) return undefined;
    const known = this.#folders.get(keyOf(home));
    if (known !== undefined) return known;
    const made: Folder = new Folder(home, this.#host, () => this.#texts(made));
    this.#folders.set(keyOf(home), made);
    return made;
  }

  /** The innermost of the workspace's folders that holds a file. */
  #rootOf(path: string): string | undefined {
    const around = this.#roots.filter((root) => isWithin(path, root));
    return around.reduce<string | undefined>(
      (best, root) => (best === undefined || root.length > best.length ? root : best),
      undefined,
    );
  }

  #texts(folder: Folder): OpenTexts {
    return new Map(
      this.members(folder).map(({ document, key }) => [
        key,
        { path: pathOf(document.uri) ?? "", text: document.getText() },
      ]),
    );
  }
}
