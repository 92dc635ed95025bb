/**
 * A folder in memory that implements the façade, so that element tests can pose states that are hard to reach for real: no room left, an older copy on
 * the server, 12 of 340 still being re-encrypted. It keeps nothing secret and proves nothing about core.
 */
import type {
  Adoption,
  AuditRecord,
  DownloadOptions,
  FileVersion,
  Folder,
  FolderChange,
  ListedFile,
  Listing,
  ListingQuery,
  Readable,
  ReadLinkOptions,
  Remember,
  SealedExport,
  ShareOptions,
  ShareView,
  Search,
  SearchQuery,
  SignInOptions,
  StartedTransfer,
  Target,
  TreeNode,
  Undoable,
  UnshareOptions,
  Upload,
} from "@keyfold/core";
import { KeyfoldError } from "@keyfold/core";
import { FixtureCeremony } from "./fixture-ceremony.ts";
import { fixtureListing } from "./fixture-listing.ts";
import { FixturePairing } from "./fixture-pairing.ts";
import { FixtureSearch } from "./fixture-search.ts";
import { fixtureStarted, FixtureUploads } from "./fixture-transfers.ts";
import { FixtureUndo } from "./fixture-undo.ts";
import { PosedFolder } from "./posed-folder.ts";

export { drawnRows } from "./fixture-ceremony.ts";
export { drawnTree, fixtureId } from "./fixture-tree.ts";
export type { FixtureNode } from "./fixture-tree.ts";
export { fixtureTransfer } from "./fixture-transfers.ts";
export { fixtureProblem } from "./posed-folder.ts";

export class FixtureFolder extends PosedFolder implements Folder {
  readonly uploads = new FixtureUploads();
  readonly transfers = this.uploads;
  readonly ceremony = new FixtureCeremony(this);
  readonly shares: Readable<readonly ShareView[]> = { value: [], subscribe: () => () => undefined };
  readonly undoing = new FixtureUndo();
  readonly undoable = this.undoing.undoable;
  readonly redoable = this.undoing.redoable;
  /** Contents by node id, for stream, download and thumbnail; else as many zero bytes as the size says. */
  readonly contents = new Map<string, Blob>();
  readonly thumbnails = new Map<string, Blob>();
  remember: Remember = "none";

  listing(query: ListingQuery): Readable<Listing> {
    return fixtureListing(
      () => this.state,
      (listener) => this.subscribe(listener),
      query,
    );
  }

  search(query: SearchQuery): Search {
    return new FixtureSearch(
      () => this.state,
      (listener) => this.subscribe(listener),
      query,
    );
  }

  async settled(): Promise<void> {}

  async refresh(): Promise<void> {
    this.record("refresh");
  }

  async adopt(): Promise<Adoption> {
    this.record("adopt");
    this.pose({ problem: null });
    return this.adoption;
  }
  /** What `adopt()` comes to. */
  adoption: Adoption = { carried: 0, lost: [] };

  async createDirectory(path: string | { parent: string | null; name: string }): Promise<TreeNode> {
    this.record("createDirectory", path);
    const { parent, name } = typeof path === "string" ? { parent: null, name: path.replaceAll("/", "") } : path;
    const node = this.tree.add({ name, children: [] }, parent);
    this.show();
    this.#undoable({ kind: "mkdir", nodes: [node.id], to: parent }, () => this.tree.change(node.id, { trashed: true }));
    return node;
  }

  async rename(target: Target, name: string): Promise<void> {
    this.record("rename", target, name);
    this.#change("rename", [target], { name, displayName: name });
  }

  async move(targets: readonly Target[], to: string | { node: string | null }): Promise<void> {
    this.record("move", targets, to);
    const parent = typeof to === "string" ? (this.state.tree.resolve(to)?.id ?? null) : to.node;
    this.#change("move", targets, { parent }, parent);
  }

  async trash(targets: readonly Target[]): Promise<void> {
    this.record("trash", targets);
    this.#change("trash", targets, { trashed: true, trashedBy: { at: Date.UTC(2026, 5, 4, 9, 30), device: "laptop", here: true } });
  }

  async restore(targets: readonly Target[]): Promise<void> {
    this.record("restore", targets);
    this.#change("restore", targets, { trashed: false, trashedBy: null });
  }

  async purge(targets: readonly Target[]): Promise<void> {
    this.record("purge", targets);
    for (const target of targets) this.tree.remove(this.#node(target));
    this.show();
  }

  async emptyTrash(): Promise<void> {
    this.record("emptyTrash");
    for (const node of this.state.tree.trash()) this.tree.remove(node.id);
    this.show();
  }

  async revert(target: Target, version: string): Promise<void> {
    this.record("revert", target, version);
  }

  versions(target: Target): readonly FileVersion[] {
    const node = this.state.tree.get(this.#node(target));
    return (node?.versions ?? [])
      .toReversed()
      .map((version, at) => Object.assign({ current: at === 0, came: node?.added ?? null }, version));
  }

  async deleteVersions(target: Target, versions: readonly string[]): Promise<void> {
    this.record("deleteVersions", target, versions);
  }

  async undo(): Promise<Undoable | null> {
    this.record("undo");
    return this.undoing.undo();
  }

  async redo(): Promise<Undoable | null> {
    this.record("redo");
    return this.undoing.redo();
  }

  async setMeta(target: Target, meta: Readonly<Record<string, unknown>>): Promise<void> {
    this.record("setMeta", target, meta);
    this.tree.change(this.#node(target), { meta });
    this.show();
  }

  upload(files: Parameters<Folder["upload"]>[0], options?: Parameters<Folder["upload"]>[1]): Upload {
    return fixtureStarted(this.uploads, Promise.resolve([]), this.uploads.add(files, options));
  }

  async *changes(): AsyncGenerator<FolderChange, void> {
    yield { seq: this.state.seq, nodes: null };
  }

  async *audit(): AsyncGenerator<AuditRecord, void> {
    yield { event: "folder-created", at: Date.UTC(2026, 5, 4, 9, 30) };
  }

  *files(): Generator<ListedFile, void> {
    for (const node of this.state.tree.descend(null)) if (node.kind === "file") yield { node, path: `/${node.displayName}` };
  }

  stream(target: Target, options: DownloadOptions & { start?: number; end?: number } = {}): ReadableStream<Uint8Array> {
    this.record("stream", target, options);
    return this.#content(target).slice(options.start, options.end).stream();
  }

  async download(target: Target, options: DownloadOptions = {}): Promise<Blob> {
    this.record("download", target, options);
    const blob = this.#content(target);
    options.onProgress?.(blob.size, blob.size);
    return blob;
  }

  zip(targets: readonly Target[], options?: DownloadOptions): ReadableStream<Uint8Array> {
    this.record("zip", targets, options);
    return new Blob([]).stream();
  }

  async thumbnail(target: Target): Promise<Blob | null> {
    return this.thumbnails.get(this.#node(target)) ?? null;
  }

  save(targets: readonly Target[], options?: DownloadOptions): StartedTransfer<void> {
    this.record("save", targets, options);
    return fixtureStarted(this.uploads, Promise.resolve());
  }

  exportSealed(target: Target, version?: string): SealedExport {
    this.record("exportSealed", target, version);
    const content = this.#content(target);
    const blob = version ?? this.state.tree.get(this.#node(target))?.current?.blob ?? "";
    const ciphertext = content.stream();
    return { keyset: "{}", associatedData: `keyfold/1 blob ${blob}`, size: content.size, sealedSize: content.size, ciphertext };
  }

  async lock(key: Uint8Array): Promise<void> {
    this.record("lock", key.length);
    this.pose({ status: "signed-in" });
  }

  async signIn(key: Uint8Array, options: SignInOptions = {}): Promise<void> {
    this.record("signIn", key.length, options);
    this.pose({ status: "signed-in", access: "write", problem: null });
  }

  async setRemember(remember: Remember): Promise<void> {
    this.record("setRemember", remember);
    this.remember = remember;
  }

  async pair(): Promise<FixturePairing> {
    this.record("pair");
    return new FixturePairing();
  }

  async signOut(): Promise<void> {
    this.record("signOut");
    this.pose({ status: "locked", access: "none" });
  }

  async deleteFolder(): Promise<void> {
    this.record("deleteFolder");
    this.pose({ status: "none", access: "none" });
  }

  async share(targets: readonly Target[], options?: ShareOptions): Promise<{ id: string; link: string }> {
    this.record("share", targets, options);
    const id = "5a".repeat(16);
    return { id, link: await this.shareLink(id) };
  }

  shareLink(id: string): Promise<string> {
    this.record("shareLink", id);
    return Promise.resolve(`https://files.example.com/keyfold/share#${"A".repeat(64)}`);
  }

  async unshare(id: string, options?: UnshareOptions): Promise<void> {
    this.record("unshare", id, options);
  }

  async readLink(options?: ReadLinkOptions): Promise<string> {
    this.record("readLink", options);
    return `${this.link()}#${"A".repeat(64)}`;
  }

  link(page = "https://files.example.com/"): string {
    return new URL(`/f/${this.id}`, page).href;
  }

  async close(): Promise<void> {
    this.record("close");
  }

  #change(kind: Undoable["kind"], targets: readonly Target[], change: Partial<TreeNode>, to?: string | null): void {
    const nodes = targets.map((target) => this.#node(target));
    const before = nodes.flatMap((id) => this.state.tree.get(id) ?? []);
    for (const id of nodes) this.tree.change(id, change);
    this.show();
    const shown: Undoable = { kind, nodes, ...(to === undefined ? {} : { to }) };
    this.#undoable(shown, () => before.forEach((node) => this.tree.change(node.id, node)));
  }

  #undoable(shown: Undoable, undo: () => void): void {
    const { nodes } = shown;
    const after = nodes.flatMap((id) => this.state.tree.get(id) ?? []);
    const showing = (work: () => void) => (): void => {
      work();
      this.show();
    };
    this.undoing.push({ shown, undo: showing(undo), redo: showing(() => after.forEach((node) => this.tree.change(node.id, node))) });
  }

  #node(target: Target): string {
    if (typeof target !== "string") return target.node;
    const node = this.state.tree.resolve(target);
    if (node == null) throw new KeyfoldError("not-found", "There is no such node.");
    return node.id;
  }

  #content(target: Target): Blob {
    const id = this.#node(target);
    const node = this.state.tree.get(id);
    return (
      this.contents.get(id) ?? new Blob([new Uint8Array(Math.min(node?.current?.size ?? 0, 1 << 20))], { type: node?.current?.type ?? "" })
    );
  }
}
