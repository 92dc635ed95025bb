import { ContextProvider } from "@lit/context";
import type { PropertyValues } from "lit";
import { property } from "lit/decorators.js";
import type { Folder, FolderStatus, KeyfoldClient, KeyfoldError, KeyStep, Problem, Remember, TransferStatus } from "@keyfold/core";
import { KeyfoldElement, folderContext } from "../base/index.ts";
import type { FolderSource, OpenWithKeyOptions } from "../base/index.ts";
import { FolderConnection } from "./folder-connection.ts";
import { IdleWatch } from "./idle.ts";

const remembers: ReadonlySet<string> = new Set(["none", "tab", "device"] satisfies Remember[]);

/** Milliseconds after which a folder whose element is gone is let go. Pages that move or keep elements alive put them back sooner. */
const leaveAfter = 30_000;

/**
 * An element that opens a folder itself and gives it to those inside it. `keyfold-folder` is no more than that; `keyfold-manager` is one too.
 */
export class SourceElement extends KeyfoldElement implements FolderSource {
  /** Base URL of the server: "/keyfold". Without it, this element opens nothing. */
  @property() server: string | null = null;

  /** Id of the folder to open. Without it: the folder this browser used last, or a new open one once something needs it. */
  @property({ attribute: "folder" }) folderId: string | null = null;

  /** Minutes without a touch after which a locked folder signs out. 0: never. Running transfers count as a touch. */
  @property({ type: Number, attribute: "idle-minutes" }) idleMinutes = 0;

  /** Used for every request in place of the page's `fetch`. */
  @property({ attribute: false }) fetch: typeof fetch | null = null;

  /** Added to each request: the site's own login. */
  @property({ attribute: false }) headers: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | null = null;

  /** A client the page made itself (`new Keyfold(…)`), in place of `server`. */
  @property({ attribute: false }) client: KeyfoldClient | null = null;

  readonly #connection = new FolderConnection();
  readonly #listeners = new Set<() => void>();
  #remember: Remember = "none";
  #leaving: ReturnType<typeof setTimeout> | null = null;
  /** Answers the elements inside, for as long as this one lives; its value never changes. */
  protected readonly provider = new ContextProvider(this, { context: folderContext, initialValue: this });
  readonly #idle = new IdleWatch(() => void this.#signOutIdle());
  #listening = new Map<Folder, () => void>();
  #status: FolderStatus = "none";
  #problemSeen: KeyfoldError | null = null;
  #seq = -1;
  #step: KeyStep = "none";
  #transfers = new Map<string, TransferStatus>();

  constructor() {
    super();
    this.#connection.subscribeSource(() => {
      this.rewire();
      this.#announce();
      this.#tell();
    });
  }

  /** Whether this element opens a folder itself; else it looks for one like any other element. */
  protected get isOwnSource(): boolean {
    return this.server !== null || this.client !== null;
  }

  protected override get source(): FolderSource | null {
    return this.isOwnSource ? this.#connection : super.source;
  }

  override get status(): FolderStatus {
    return super.status;
  }

  override get problem(): Problem | null {
    return super.problem;
  }

  /** How long keys stay on this device: `none` (memory only), `tab`, `device`. The person may choose otherwise. */
  @property()
  get remember(): Remember {
    return this.isOwnSource ? this.#connection.remember : (this.source?.remember ?? this.#remember);
  }

  set remember(remember: Remember) {
    this.#remember = remembers.has(remember) ? remember : "none";
    if (this.isOwnSource) this.#connection.remember = this.#remember;
    else if (this.source !== null) this.source.remember = this.#remember;
  }

  subscribeSource(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  override async ensureFolder(): Promise<Folder> {
    return super.ensureFolder();
  }

  async openWithKey(key: Uint8Array, options?: OpenWithKeyOptions): Promise<Folder> {
    if (this.source !== null) return this.source.openWithKey(key, options);
    const folder = await this.ensureFolder();
    await folder.signIn(key, options);
    return folder;
  }

  async retry(): Promise<void> {
    await (this.source === null ? this.folder?.refresh() : this.source.retry());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#idle.stop();
    this.#leaving ??= setTimeout(() => this.#leave(), leaveAfter);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    this.#leaving = null;
    this.#idle.start(this.idleMinutes);
    this.#configure();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    for (const name of ["server", "folderId", "fetch", "headers", "client"]) {
      if (!changed.has(name)) continue;
      this.#configure();
      break;
    }
    if (changed.has("idleMinutes")) this.#idle.start(this.idleMinutes);
  }

  protected override folderChanged(folder: Folder | null, previous: Folder | null): void {
    super.folderChanged(folder, previous);
    if (previous !== null) {
      this.#listening.get(previous)?.();
      this.#listening.delete(previous);
    }
    this.#tell();
    this.#seq = folder?.state.seq ?? -1;
    this.#step = folder?.state.keyStep ?? "none";
    this.#transfers = new Map(folder?.transfers.value.map((each) => [each.id, each.status]));
    if (folder === null) return;
    const stops = [
      folder.onProblem((error) => this.emit("problem", { error })),
      folder.transfers.subscribe(() => this.#transfersMoved(folder)),
    ];
    this.#listening.set(folder, () => {
      for (const stop of stops) stop();
    });
  }

  protected override stateChanged(): void {
    super.stateChanged();
    this.#announce();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Taken out of the page for good: lets the folder go once nothing is on its way any more. */
  #leave(): void {
    this.#leaving = null;
    if (this.isConnected) return;
    if (this.#connection.folder?.transfers.totals.active === true) this.#leaving = setTimeout(() => this.#leave(), leaveAfter);
    else void this.#connection.close();
  }

  #configure(): void {
    if (!this.isConnected) return;
    const { server, folderId, fetch, headers, client } = this;
    const remember = this.isOwnSource && this.#connection.folder !== null ? this.#connection.remember : this.#remember;
    this.#connection.configure({ server, folderId, remember, fetch, headers, client });
    this.rewire();
  }

  #announce(): void {
    const status = this.status;
    if (status !== this.#status) {
      const previous = this.#status;
      this.#status = status;
      this.emit("status", { status, previous });
    }
    const error = this.problem?.error ?? null;
    if (error !== this.#problemSeen) {
      this.#problemSeen = error;
      if (error !== null) this.emit("problem", { error });
    }
    const state = this.state;
    if (state === null) return;
    if (state.seq !== this.#seq) {
      this.#seq = state.seq;
      this.emit("change", { seq: state.seq });
    }
    if (state.keyStep !== this.#step) {
      this.#step = state.keyStep;
      this.emit("key", { step: state.keyStep });
    }
  }

  /** One event for each transfer that is new or has another status; how far it got is in `folder.transfers`. */
  #transfersMoved(folder: Folder): void {
    const now = new Map<string, TransferStatus>();
    for (const { id, status } of folder.transfers.value) {
      now.set(id, status);
      if (this.#transfers.get(id) !== status) this.emit("transfer", { transfer: id, status });
    }
    this.#transfers = now;
  }

  async #signOutIdle(): Promise<void> {
    const folder = this.folder;
    if (folder?.state.status !== "signed-in" || folder.transfers.totals.active) return;
    await folder.signOut();
  }
}
