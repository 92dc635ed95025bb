/**
 * One page's hold on one folder: opens it, makes it when something needs it, opens another one in its place. Elements that provide a folder
 * (`keyfold-folder`, `keyfold-manager`) each have one; it outlives their being moved about in the page.
 *
 * First run: with no folder named, the folder this browser used last is opened again; where there is none, an open one is made by `ensureFolder()`, once
 * the visible page needs it (its QR code, or a first file).
 *
 * @module
 */
import { Keyfold, KeyfoldError } from "@keyfold/core";
import type { Folder, FolderStatus, KeyfoldClient, Problem, Remember } from "@keyfold/core";
import type { FolderSource, OpenWithKeyOptions } from "../base/index.ts";

export interface ConnectionSettings {
  /** Base URL of the server; null while the page has not said it. */
  readonly server: string | null;
  /** The folder to open; null: the one used last, or a new one. */
  readonly folderId: string | null;
  readonly remember: Remember;
  readonly fetch: typeof fetch | null;
  readonly headers: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | null;
  /** A client that the page made itself; then `server`, `fetch` and `headers` are the client's. */
  readonly client: KeyfoldClient | null;
}

type Listener = () => void;

export class FolderConnection implements FolderSource {
  #settings: ConnectionSettings = { server: null, folderId: null, remember: "none", fetch: null, headers: null, client: null };
  #client: { readonly made: KeyfoldClient; readonly remember: Remember } | null = null;
  #folder: Folder | null = null;
  #opening: Promise<void> | null = null;
  #making: Promise<Folder> | null = null;
  #problem: Problem | null = null;
  /** Grows with each other folder: what comes late from an earlier one is dropped. */
  #turn = 0;
  readonly #listeners = new Set<Listener>();

  get folder(): Folder | null {
    return this.#folder;
  }

  get status(): FolderStatus {
    // While a first folder is made, nothing is being found: the first visit's page stays as it is, and its alert does not come and go.
    return this.#folder?.state.status ?? (this.#opening === null ? "none" : "opening");
  }

  get problem(): Problem | null {
    return this.#folder === null ? this.#problem : this.#folder.state.problem;
  }

  get remember(): Remember {
    return this.#settings.remember;
  }

  set remember(remember: Remember) {
    if (remember === this.remember) return;
    this.#settings = { ...this.#settings, remember };
    if (this.#folder !== null) void this.#keepOtherwise(this.#folder, remember);
    this.#tell();
  }

  subscribeSource(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes the element's attributes; opens anew when they name another server or folder. */
  configure(settings: ConnectionSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    const elsewhere = settings.server !== before.server || settings.client !== before.client;
    if (elsewhere || settings.fetch !== before.fetch || settings.headers !== before.headers) this.#client = null;
    const other = settings.folderId !== before.folderId && settings.folderId !== this.#folder?.id;
    if (elsewhere || other) this.#start();
  }

  async retry(): Promise<void> {
    if (this.#folder !== null) return this.#folder.refresh();
    this.#start();
    await this.#opening;
  }

  async ensureFolder(): Promise<Folder> {
    await this.#opening;
    if (this.#folder !== null) return this.#folder;
    if (this.#problem !== null) throw this.#problem.error;
    this.#making ??= this.#make().finally(() => {
      this.#making = null;
      this.#tell();
    });
    return this.#making;
  }

  async openWithKey(key: Uint8Array, { anotherFolder, ...options }: OpenWithKeyOptions = {}): Promise<Folder> {
    const current = this.#folder;
    if (current !== null && anotherFolder !== true && current.state.status !== "open") {
      await current.signIn(key, options);
      return current;
    }
    const opened = await this.#connect().open(key, options);
    this.#take(opened);
    return opened;
  }

  /** Stops syncing; the folder is opened anew by the next `configure` or `retry`. */
  async close(): Promise<void> {
    const folder = this.#folder;
    this.#turn++;
    this.#folder = null;
    this.#settings = { ...this.#settings, server: null, client: null };
    await folder?.close();
  }

  #start(): void {
    const turn = ++this.#turn;
    const previous = this.#folder;
    this.#folder = null;
    this.#problem = null;
    if (previous !== null) void previous.close();
    if (this.#settings.server === null && this.#settings.client === null) {
      this.#tell();
      return;
    }
    const opening = this.#open(turn).finally(() => {
      if (this.#opening === opening) this.#opening = null;
      if (turn === this.#turn) this.#tell();
    });
    this.#opening = opening;
    this.#tell();
  }

  async #open(turn: number): Promise<void> {
    const { folderId } = this.#settings;
    try {
      const client = this.#connect();
      const id = folderId ?? (await client.lastFolder());
      if (id === null || turn !== this.#turn) return;
      const folder = await client.openFolder(id);
      if (turn === this.#turn) this.#take(folder);
      else await folder.close();
    } catch (error) {
      if (turn !== this.#turn) return;
      const known = asKeyfoldError(error);
      // an open folder that stayed empty is removed after a day: then this browser starts anew, as on its first visit
      if (folderId === null && (known.code === "not-found" || known.code === "gone")) return;
      this.#problem = { code: known.code, error: known, numbers: {} };
    }
  }

  async #make(): Promise<Folder> {
    const turn = this.#turn;
    try {
      const folder = await this.#connect().create();
      if (turn === this.#turn) this.#take(folder);
      return folder;
    } catch (error) {
      const known = asKeyfoldError(error);
      if (turn === this.#turn) this.#problem = { code: known.code, error: known, numbers: {} };
      throw known;
    }
  }

  #take(folder: Folder): void {
    const previous = this.#folder;
    this.#turn++;
    this.#folder = folder;
    this.#problem = null;
    // what was chosen on an earlier visit, where keys were kept since; or while the folder was being opened
    if (folder.state.status === "signed-in") this.#settings = { ...this.#settings, remember: folder.remember };
    else if (this.#settings.client === null && folder.remember !== this.remember) void this.#keepOtherwise(folder, this.remember);
    this.#tell();
    if (previous !== null && previous !== folder) void previous.close();
  }

  /** Where the keys could not be moved, the choice goes back to what holds. */
  async #keepOtherwise(folder: Folder, remember: Remember): Promise<void> {
    try {
      await folder.setRemember(remember);
    } catch {
      if (this.#folder !== folder || this.remember !== remember) return;
      this.#settings = { ...this.#settings, remember: folder.remember };
      this.#tell();
    }
  }

  #connect(): KeyfoldClient {
    const { server, fetch, headers, client } = this.#settings;
    const remember = this.remember;
    if (client !== null) {
      this.#client = { made: client, remember };
      return client;
    }
    if (this.#client?.remember === remember) return this.#client.made;
    if (server === null) throw new KeyfoldError("invalid-argument", 'Say where the server is: server="/keyfold".');
    const made: KeyfoldClient = new Keyfold({
      server,
      remember,
      ...(fetch === null ? {} : { fetch }),
      ...(headers === null ? {} : { headers }),
    });
    this.#client = { made, remember };
    return made;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function asKeyfoldError(error: unknown): KeyfoldError {
  return error instanceof KeyfoldError ? error : new KeyfoldError("invalid-argument", "Something unforeseen went wrong.", { cause: error });
}
