// When diagnostics are told without being asked for: shortly after a document changed, those of that document; when the
// typing has come to rest, those of the other open documents of the project, which may have changed with it.
import type { Folder } from "./folder.ts";
import { Cancelled, type Token } from "./slices.ts";

/** After the last keystroke. */
const SHORTLY_MS = 100;
const AT_REST_MS = 400;

export interface Publishing {
  /** Tells the diagnostics of these documents. @throws Cancelled. */
  changed(uris: readonly string[], token: Token): Promise<void>;
  /** Tells those of all other open documents. @throws Cancelled. */
  others(folder: Folder, token: Token): Promise<void>;
  /** Something that is not foreseen. */
  failed(error: unknown): void;
}

interface Pending {
  readonly uris: Set<string>;
  timer: NodeJS.Timeout | undefined;
  token: { isCancellationRequested: boolean };
}

export class Publisher {
  readonly #publishing: Publishing;
  readonly #pending = new Map<Folder, Pending>();

  constructor(publishing: Publishing) {
    this.#publishing = publishing;
  }

  /** Without documents: everything may have changed. What was under way is begun anew. */
  touch(folder: Folder, uris: readonly string[]): void {
    const pending = this.#pending.get(folder) ?? {
      uris: new Set(),
      timer: undefined,
      token: { isCancellationRequested: false },
    };
    this.#pending.set(folder, pending);
    for (const uri of uris) pending.uris.add(uri);
    this.#restart(folder, pending, SHORTLY_MS);
  }

  stop(): void {
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.token.isCancellationRequested = true;
    }
  }

  #restart(folder: Folder, pending: Pending, delayMs: number): void {
    clearTimeout(pending.timer);
    pending.token.isCancellationRequested = true;
    const token = { isCancellationRequested: false };
    pending.token = token;
    pending.timer = setTimeout(() => void this.#run(folder, pending, token), delayMs);
  }

  async #run(folder: Folder, pending: Pending, token: Token): Promise<void> {
    const uris = [...pending.uris];
    try {
      if (uris.length > 0) await this.#publishing.changed(uris, token);
      if (token.isCancellationRequested) return;
      for (const uri of uris) pending.uris.delete(uri);
      pending.timer = setTimeout(() => void this.#rest(folder, token), uris.length === 0 ? 0 : AT_REST_MS);
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#publishing.failed(error);
    }
  }

  async #rest(folder: Folder, token: Token): Promise<void> {
    try {
      if (!token.isCancellationRequested) await this.#publishing.others(folder, token);
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#publishing.failed(error);
    }
  }
}
