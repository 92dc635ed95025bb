/**
 * A folder in memory that implements the façade, so that element tests can pose states that are hard to reach for real: no room left, an older copy on
 * the server, 12 of 340 still being re-encrypted. It keeps nothing secret and proves nothing about core.
 */
import type {
  Adoption,
  DownloadOptions,
  FileVersion,
  Folder,
  FolderChange,
  FolderState,
  KeyCeremony,
  KeyKit,
  KeyStep,
  ListedFile,
  Listing,
  ListingQuery,
  Problem,
  Readable,
  ReadLinkOptions,
  Remember,
  SealedExport,
  ShareOptions,
  ShareView,
  Search,
  SearchQuery,
  SignInOptions,
  SortKey,
  StartedTransfer,
  Target,
  TreeNode,
  Undoable,
  UnshareOptions,
  Upload,
} from "@keyfold/core";
import { KeyfoldError } from "@keyfold/core";
import type { ErrorCode } from "@keyfold/core";
import { FixtureSearch } from "./fixture-search.ts";
import { FixtureUploads } from "./fixture-transfers.ts";
import { FixtureTree } from "./fixture-tree.ts";
import { FixtureUndo } from "./fixture-undo.ts";
import type { FixtureNode } from "./fixture-tree.ts";
import { FixturePairing } from "./fixture-pairing.ts";

export { drawnTree, fixtureId } from "./fixture-tree.ts";
export type { FixtureNode } from "./fixture-tree.ts";
export { fixtureTransfer } from "./fixture-transfers.ts";

/** The key of the drawings. Its rows hold. */
export const drawnRows: readonly string[] = [
  "A7G7P-0F6Z6-XFRCV",
  "N2THN-YBD8W-646A9",
  "1SV0X-XC4MN-WG401",
  "PCRX2-M7SZE-P86T0",
  "QQMFT-J0WAP-T969A",
  "3DK1W-YY6WQ-NZWS4",
  "FQ9SW-Q8M97-0QPVC",
  "Y1N19-5VAKY-9VMAZ",
];

export function fixtureProblem(code: ErrorCode, numbers: Readonly<Record<string, number>> = {}): Problem {
  return { code, error: new KeyfoldError(code, code), numbers };
}

type Call = { readonly name: string; readonly args: readonly unknown[] };

export class FixtureFolder implements Folder {
  readonly id = "f0".repeat(16);
  readonly tree: FixtureTree;
  readonly uploads = new FixtureUploads();
  readonly transfers = this.uploads;
  readonly ceremony: FixtureCeremony;
  readonly shares: Readable<readonly ShareView[]> = { value: [], subscribe: () => () => undefined };
  readonly undoing = new FixtureUndo();
  readonly undoable = this.undoing.undoable;
  readonly redoable = this.undoing.redoable;
  /** What was asked of the folder, in order. */
  readonly calls: Call[] = [];
  /** Makes the named call reject. */
  readonly failing = new Map<string, KeyfoldError>();
  /** Contents by node id, for stream, download and thumbnail; else as many zero bytes as the size says. */
  readonly contents = new Map<string, Blob>();
  readonly thumbnails = new Map<string, Blob>();
  state: FolderState;
  remember: Remember = "none";
  readonly #listeners = new Set<() => void>();
  readonly #problems = new Set<(error: KeyfoldError) => void>();

  constructor(nodes: readonly FixtureNode[] = [], state: Partial<FolderState> = {}) {
    this.tree = new FixtureTree(nodes);
    this.state = {
      status: "open",
      id: this.id,
      epoch: 0,
      seq: 12,
      access: "write",
      connection: "online",
      tree: this.tree.view(),
      pending: [],
      exposed: { remaining: 0, total: 0 },
      usage: { used: 1_200_000_000, quota: 5_000_000_000 },
      keyStep: "none",
      keyId: null,
      problem: null,
      insecurePage: false,
      syncedAt: Date.now(),
      ...state,
    };
    this.ceremony = new FixtureCeremony(this);
  }

  /** Replaces parts of the state and tells the subscribers. */
  pose(change: Partial<FolderState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Shows the tree as it is after changes to `tree`. */
  show(): void {
    this.pose({ tree: this.tree.view() });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get subscribers(): number {
    return this.#listeners.size;
  }

  onProblem(listener: (error: KeyfoldError) => void): () => void {
    this.#problems.add(listener);
    return () => this.#problems.delete(listener);
  }

  tell(error: KeyfoldError): void {
    for (const listener of this.#problems) listener(error);
  }

  listing(query: ListingQuery): Readable<Listing> {
    const read = (): Listing => ({ nodes: listed(this.state, query) });
    let at = this.state.tree.version;
    let value = read();
    const current = (): Listing => {
      if (at !== this.state.tree.version) {
        at = this.state.tree.version;
        value = read();
      }
      return value;
    };
    return {
      get value() {
        return current();
      },
      subscribe: (listener) => this.subscribe(listener),
    };
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
    this.#record("refresh");
  }

  async adopt(): Promise<Adoption> {
    this.#record("adopt");
    this.pose({ problem: null });
    return this.adoption;
  }
  /** What `adopt()` comes to. */
  adoption: Adoption = { carried: 0, lost: [] };

  async createDirectory(path: string | { parent: string | null; name: string }): Promise<TreeNode> {
    this.#record("createDirectory", path);
    const { parent, name } = typeof path === "string" ? { parent: null, name: path.replaceAll("/", "") } : path;
    const node = this.tree.add({ name, children: [] }, parent);
    this.show();
    this.#undoable({ kind: "mkdir", nodes: [node.id], to: parent }, () => this.tree.change(node.id, { trashed: true }));
    return node;
  }

  async rename(target: Target, name: string): Promise<void> {
    this.#record("rename", target, name);
    this.#change("rename", [target], { name, displayName: name });
  }

  async move(targets: readonly Target[], to: string | { node: string | null }): Promise<void> {
    this.#record("move", targets, to);
    const parent = typeof to === "string" ? (this.state.tree.resolve(to)?.id ?? null) : to.node;
    this.#change("move", targets, { parent }, parent);
  }

  async trash(targets: readonly Target[]): Promise<void> {
    this.#record("trash", targets);
    this.#change("trash", targets, { trashed: true, trashedBy: { at: Date.UTC(2026, 5, 4, 9, 30), device: "laptop", here: true } });
  }

  async restore(targets: readonly Target[]): Promise<void> {
    this.#record("restore", targets);
    this.#change("restore", targets, { trashed: false, trashedBy: null });
  }

  async purge(targets: readonly Target[]): Promise<void> {
    this.#record("purge", targets);
    for (const target of targets) this.tree.remove(this.#node(target));
    this.show();
  }

  async emptyTrash(): Promise<void> {
    this.#record("emptyTrash");
    for (const node of this.state.tree.trash()) this.tree.remove(node.id);
    this.show();
  }

  async revert(target: Target, version: string): Promise<void> {
    this.#record("revert", target, version);
  }

  versions(target: Target): readonly FileVersion[] {
    const node = this.state.tree.get(this.#node(target));
    return (node?.versions ?? [])
      .toReversed()
      .map((version, at) => Object.assign({ current: at === 0, came: node?.added ?? null }, version));
  }

  async deleteVersions(target: Target, versions: readonly string[]): Promise<void> {
    this.#record("deleteVersions", target, versions);
  }

  async undo(): Promise<Undoable | null> {
    this.#record("undo");
    return this.undoing.undo();
  }

  async redo(): Promise<Undoable | null> {
    this.#record("redo");
    return this.undoing.redo();
  }

  async setMeta(target: Target, meta: Readonly<Record<string, unknown>>): Promise<void> {
    this.#record("setMeta", target, meta);
    this.tree.change(this.#node(target), { meta });
    this.show();
  }

  upload(files: Parameters<Folder["upload"]>[0], options?: Parameters<Folder["upload"]>[1]): Upload {
    return this.#started(Promise.resolve([]), this.uploads.add(files, options));
  }

  #started<T>(finished: Promise<T>, ids: readonly string[] = []): StartedTransfer<T> {
    const { uploads } = this;
    const progress = {
      get value() {
        return uploads.totals;
      },
      subscribe: (listener: () => void) => uploads.subscribe(listener),
      async *[Symbol.asyncIterator]() {
        yield uploads.totals;
      },
    };
    const nothing = (): void => undefined;
    return Object.assign(
      finished.then((value) => value),
      { ids, finished, progress, pause: nothing, resume: nothing, retry: nothing, cancel: nothing },
    );
  }

  async *changes(): AsyncGenerator<FolderChange, void> {
    yield { seq: this.state.seq, nodes: null };
  }

  *files(): Generator<ListedFile, void> {
    for (const node of this.state.tree.descend(null)) if (node.kind === "file") yield { node, path: `/${node.displayName}` };
  }

  stream(target: Target, options: DownloadOptions & { start?: number; end?: number } = {}): ReadableStream<Uint8Array> {
    this.#record("stream", target, options);
    return this.#content(target).slice(options.start, options.end).stream();
  }

  async download(target: Target, options: DownloadOptions = {}): Promise<Blob> {
    this.#record("download", target, options);
    const blob = this.#content(target);
    options.onProgress?.(blob.size, blob.size);
    return blob;
  }

  zip(targets: readonly Target[], options?: DownloadOptions): ReadableStream<Uint8Array> {
    this.#record("zip", targets, options);
    return new Blob([]).stream();
  }

  async thumbnail(target: Target): Promise<Blob | null> {
    return this.thumbnails.get(this.#node(target)) ?? null;
  }

  save(targets: readonly Target[], options?: DownloadOptions): StartedTransfer<void> {
    this.#record("save", targets, options);
    return this.#started(Promise.resolve());
  }

  exportSealed(target: Target, version?: string): SealedExport {
    this.#record("exportSealed", target, version);
    const content = this.#content(target);
    const blob = version ?? this.state.tree.get(this.#node(target))?.current?.blob ?? "";
    const ciphertext = content.stream();
    return { keyset: "{}", associatedData: `keyfold/1 blob ${blob}`, size: content.size, sealedSize: content.size, ciphertext };
  }

  async lock(key: Uint8Array): Promise<void> {
    this.#record("lock", key.length);
    this.pose({ status: "signed-in" });
  }

  async signIn(key: Uint8Array, options: SignInOptions = {}): Promise<void> {
    this.#record("signIn", key.length, options);
    this.pose({ status: "signed-in", access: "write", problem: null });
  }

  async setRemember(remember: Remember): Promise<void> {
    this.#record("setRemember", remember);
    this.remember = remember;
  }

  async pair(): Promise<FixturePairing> {
    this.#record("pair");
    return new FixturePairing();
  }

  async signOut(): Promise<void> {
    this.#record("signOut");
    this.pose({ status: "locked", access: "none" });
  }

  async deleteFolder(): Promise<void> {
    this.#record("deleteFolder");
    this.pose({ status: "none", access: "none" });
  }

  async share(targets: readonly Target[], options?: ShareOptions): Promise<{ id: string; link: string }> {
    this.#record("share", targets, options);
    const id = "5a".repeat(16);
    return { id, link: await this.shareLink(id) };
  }

  shareLink(id: string): Promise<string> {
    this.#record("shareLink", id);
    return Promise.resolve(`https://files.example.com/keyfold/share#${"A".repeat(64)}`);
  }

  async unshare(id: string, options?: UnshareOptions): Promise<void> {
    this.#record("unshare", id, options);
  }

  async readLink(options?: ReadLinkOptions): Promise<string> {
    this.#record("readLink", options);
    return `${this.link()}#${"A".repeat(64)}`;
  }

  link(page = "https://files.example.com/"): string {
    return new URL(`/f/${this.id}`, page).href;
  }

  async close(): Promise<void> {
    this.#record("close");
  }

  #record(name: string, ...args: readonly unknown[]): void {
    this.calls.push({ name, args });
    const error = this.failing.get(name);
    if (error !== undefined) throw error;
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

/** The ceremony's rules over the key of the drawings. The row that is asked for is always row 5. */
export class FixtureCeremony implements KeyCeremony {
  value: KeyStep = "none";
  keyId: string | null = null;
  readonly calls: string[] = [];
  /** Set to make `sign()` reject. */
  refusal: KeyfoldError | null = null;
  readonly #folder: FixtureFolder;
  readonly #listeners = new Set<() => void>();

  constructor(folder: FixtureFolder) {
    this.#folder = folder;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async generate(): Promise<void> {
    this.calls.push("generate");
    this.keyId ??= "7f2a91c4" + "0".repeat(24);
    if (this.value === "none" || this.value === "done") this.#step("made");
  }

  reveal(): readonly string[] {
    this.calls.push("reveal");
    if (this.keyId === null) throw new KeyfoldError("invalid-argument", "There is no key yet.");
    return drawnRows;
  }

  file(): { name: string; text: string } {
    this.calls.push("file");
    return { name: "keyfold-key-7F2A91C4.txt", text: `Keyfold key\n\n${drawnRows.map((row, at) => `${at + 1}  ${row}`).join("\n")}\n` };
  }

  kit(): KeyKit {
    this.calls.push("kit");
    const server = "https://files.example.com/keyfold";
    const checkpoint = { epoch: 0, seq: 347, head: "5c".repeat(32) };
    return { rows: this.reveal(), keyId: this.keyId ?? "", folder: this.#folder.id, server, recover: `${server}/recover`, checkpoint };
  }

  kept(by: "file" | "kit"): void {
    this.calls.push(`kept ${by}`);
    if (this.value === "made") this.#step("kept");
  }

  copied(): number {
    this.calls.push("copied");
    return 5;
  }

  checkRow(row: number, text: string): boolean {
    this.calls.push("checkRow");
    const right = text.replaceAll("-", "") === (drawnRows[row - 1] ?? "").replaceAll("-", "");
    if (right && this.value === "made") this.#step("kept");
    return right;
  }

  confirmSaved(): void {
    this.calls.push("confirmSaved");
    if (this.value !== "kept") throw new KeyfoldError("invalid-argument", "Keep the key first.");
    this.#step("saved");
  }

  async sign(): Promise<void> {
    this.calls.push("sign");
    if (this.value !== "saved") throw new KeyfoldError("invalid-argument", "Save the key first.");
    this.#step("signing");
    if (this.refusal !== null) {
      this.#step("saved");
      throw this.refusal;
    }
    this.#step("done");
    this.#folder.pose({
      status: "signed-in",
      epoch: this.#folder.state.epoch + 1,
      keyId: this.keyId,
      exposed: { remaining: 340, total: 340 },
    });
  }

  abandon(): void {
    this.calls.push("abandon");
    this.keyId = null;
    this.#step("none");
  }

  #step(step: KeyStep): void {
    this.value = step;
    for (const listener of this.#listeners) listener();
    this.#folder.pose({ keyStep: step });
  }
}

const compare = new Intl.Collator("en", { numeric: true }).compare;

function listed(state: FolderState, query: ListingQuery): readonly TreeNode[] {
  const { sort = "name", descending = false, directoriesFirst = true, filter } = query;
  const words = (filter?.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const nodes =
    filter?.trashed === true
      ? [...state.tree.trash()]
      : words.length > 0 || (filter?.kinds?.length ?? 0) > 0
        ? [...state.tree.descend(query.root)]
        : [...state.tree.children(query.root)];
  const keys: Record<SortKey, (node: TreeNode) => number | string> = {
    name: (node) => node.displayName,
    size: (node) => node.current?.size ?? 0,
    modified: (node) => node.current?.modified ?? 0,
    added: (node) => node.added?.at ?? 0,
    kind: (node) => node.current?.type ?? "",
  };
  const key = keys[sort];
  return nodes
    .filter((node) => words.every((word) => node.displayName.toLowerCase().includes(word)))
    .sort((a, b) => {
      if (directoriesFirst && a.kind !== b.kind) return a.kind === "directory" ? -1 : 1;
      const [left, right] = [key(a), key(b)];
      const order = typeof left === "number" && typeof right === "number" ? left - right : compare(String(left), String(right));
      return (descending ? -order : order) || compare(a.displayName, b.displayName);
    });
}
