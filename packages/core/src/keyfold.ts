/**
 * `new Keyfold({ server })`: makes folders and opens them.
 *
 * @module
 */
import { cancelled } from "./api/backoff.ts";
import { baseUrl } from "./api/base-url.ts";
import { ServerApi } from "./api/client.ts";
import { Http } from "./api/http.ts";
import { platformProvider } from "./crypto/platform.ts";
import type { Bytes } from "./crypto/provider.ts";
import { randomBytes } from "./crypto/random.ts";
import { KeyfoldError } from "./error.ts";
import { OpenedFolder } from "./folder.ts";
import { checkpointOfLink, folderOfLink } from "./folder/link.ts";
import { openShare } from "./folder/opened-share.ts";
import { readKeyOfLink } from "./folder/read-link.ts";
import type { Folder, KeyfoldClient, KeyfoldOptions, ListedFolder, SignInOptions } from "./interface/folder.ts";
import type { Abortable } from "./interface/iterate.ts";
import type { Pairing } from "./interface/pairing.ts";
import type { OpenedShare, OpenShareOptions } from "./interface/share.ts";
import type { LocalStore } from "./interface/store.ts";
import { copyOfKey, deriveOwnerKeys, deriveReaderKeys, exportReadKey, generateRoot } from "./key/schedule.ts";
import { toKeyCheckpoint } from "./log/checkpoint.ts";
import { sealGenesis } from "./log/genesis.ts";
import type { HandedOver } from "./pair/hand-over.ts";
import { joinPage } from "./protocol/record.ts";
import { Keyring } from "./sync/keyring.ts";
import { openDevice, type Device } from "./store/device.ts";
import { hasIndexedDb, indexedDbStore } from "./store/indexed-db.ts";
import { liveness, type Liveness } from "./store/liveness.ts";
import { memoryStore } from "./store/memory.ts";
import { lastFolder, rememberedPlace } from "./store/place.ts";
import { currentTab } from "./store/tab.ts";
import type { FolderSyncOptions } from "./sync/options.ts";

/** Milliseconds between pulls. */
const POLL = 5_000;

function isFolderId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

/** One for the page: adapters share their connection. */
let browserStore: LocalStore | undefined;

export class Keyfold implements KeyfoldClient {
  readonly server: string;
  readonly #options: KeyfoldOptions;
  readonly #store: LocalStore;
  readonly #live: Liveness = liveness();
  readonly #api: ServerApi;
  /** The code that is being answered. */
  #joining: { readonly code: string; readonly pairing: Promise<Pairing<Folder>> } | null = null;
  #here: Promise<{ readonly device: Device; readonly tab: string }> | null = null;

  /** Throws `invalid-argument` where `server` is no address, `crypto-missing` where the platform has no random bytes. */
  constructor(options: KeyfoldOptions) {
    this.server = baseUrl(options.server);
    this.#options = options;
    randomBytes(0); // nothing can be made without it, and a page should hear it first
    this.#store = options.store ?? (hasIndexedDb() ? (browserStore ??= indexedDbStore()) : memoryStore());
    this.#api = new ServerApi(this.#http());
  }

  async create(options: Abortable & { key?: Uint8Array } = {}): Promise<Folder> {
    const root = options.key === undefined ? generateRoot({ randomBytes }) : copyOfKey(options.key);
    try {
      return await this.#create(root, options.key === undefined ? 0 : 1, options.signal);
    } finally {
      root.fill(0);
    }
  }

  async #create(root: Bytes, mode: 0 | 1, signal: AbortSignal | undefined): Promise<Folder> {
    const provider = await platformProvider();
    const keys = await deriveOwnerKeys(provider, root);
    const genesis = await sealGenesis(provider, mode, keys.keys, keys.sign);
    const options = await this.#optionsFor(genesis.position.folderId);
    const { keyring } = options;
    // Kept before it is sent: a folder whose root was lost on the way could never be written to.
    if (mode === 0) await keyring.keepRoot(root);
    try {
      await this.#api.createFolder(joinPage([genesis.bytes]), mode === 0 ? await exportReadKey(provider, root) : null, { signal });
    } catch (error) {
      await keyring.erase();
      throw error;
    }
    const folder = new OpenedFolder(options);
    const held = await keyring.derive(root, 0);
    return this.#opened(folder, () => folder.openWith(held), signal).catch(async (error: unknown) => {
      if (signal?.aborted === true) await keyring.erase();
      throw error;
    });
  }

  joinByPairing(text: string): Promise<Pairing<Folder>> {
    const code = text.trim();
    // A camera reads a code more than once; the server takes one answer to it.
    if (this.#joining?.code === code) return this.#joining.pairing;
    const joining = { code, pairing: this.#join(code) };
    this.#joining = joining;
    const ended = (): void => {
      if (this.#joining === joining) this.#joining = null;
    };
    joining.pairing.then((pairing) => pairing.finished).then(ended, ended);
    return joining.pairing;
  }

  async #join(code: string): Promise<Pairing<Folder>> {
    const { startJoining } = await import("./pair/joiner.ts");
    const join = ({ root, checkpoint }: HandedOver): Promise<Folder> => this.open(root, { checkpoint: toKeyCheckpoint(checkpoint) });
    const provider = await platformProvider();
    return startJoining({ provider, http: this.#http(), join, leave: (folder) => folder.close() }, code);
  }

  async open(key: Uint8Array, options: SignInOptions = {}): Promise<Folder> {
    const root = copyOfKey(key);
    try {
      const provider = await platformProvider();
      const probe = new Keyring({ provider, store: this.#store, folder: "", remember: "none", ...(await this.#device()) });
      const { keys } = await probe.derive(root, 0);
      const found = await this.#api.findKey(keys.keyId, { signal: options.signal });
      if (found.epoch < found.current) throw new KeyfoldError("old-key", "This key opened the folder earlier; it was changed since.");
      const folder = new OpenedFolder(await this.#optionsFor(found.folder));
      return await this.#opened(folder, () => folder.signIn(root, options), options.signal);
    } finally {
      root.fill(0);
    }
  }

  async openFolder(id: string, { checkpoint, signal }: SignInOptions = {}): Promise<Folder> {
    if (!isFolderId(id)) throw new KeyfoldError("invalid-argument", "This is not a folder's id.");
    const folder = new OpenedFolder(await this.#optionsFor(id));
    return this.#opened(folder, () => folder.open(checkpoint), signal);
  }

  async openLink(url: string, { signal }: Abortable = {}): Promise<Folder> {
    const linked = readKeyOfLink(url);
    const checkpoint = checkpointOfLink(url);
    if (linked === null) return this.openFolder(folderOfLink(url), { checkpoint, signal });
    const { read, keyId } = linked;
    try {
      const id = folderOfLink(url);
      const found = await this.#api.findKey(keyId, { signal });
      if (found.folder !== id) throw new KeyfoldError("wrong-folder", "This link opens another folder.");
      if (found.epoch < found.current) throw new KeyfoldError("old-key", "The folder has a new key since this link was made.");
      const keys = await deriveReaderKeys(await platformProvider(), read);
      const folder = new OpenedFolder({ ...(await this.#optionsFor(id)), reader: { keys, keyId } });
      return await this.#opened(folder, () => folder.open(checkpoint), signal);
    } finally {
      read.fill(0);
    }
  }

  async openShare(link: string, options: OpenShareOptions = {}): Promise<OpenedShare> {
    return openShare({ provider: await platformProvider(), http: this.#http(), store: this.#store }, link, options);
  }

  lastFolder(): Promise<string | null> {
    return lastFolder(this.#store, this.server);
  }

  async folders({ signal }: Abortable = {}): Promise<readonly ListedFolder[]> {
    const listed = await this.#api.hostFolders({ signal });
    return listed.map(({ folder, created, changed, used }) => ({ id: folder, created: created * 1000, changed: changed * 1000, used }));
  }

  async forgetFolder(id: string, { signal }: Abortable = {}): Promise<void> {
    if (!isFolderId(id)) throw new KeyfoldError("invalid-argument", "This is not a folder's id.");
    await this.#api.forgetHostFolder(id, { signal });
  }

  /** Given up, the folder is closed, which ends its requests. */
  async #opened(folder: OpenedFolder, opening: () => Promise<void>, signal: AbortSignal | undefined): Promise<Folder> {
    const stop = (): void => void folder.close();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (signal?.aborted !== true) await opening();
      if (signal?.aborted === true) throw cancelled(signal);
      return folder;
    } catch (error) {
      await folder.close();
      throw signal?.aborted === true ? cancelled(signal) : error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #http(): Http {
    const { fetch, headers } = this.#options;
    return new Http({ server: this.server, fetch, headers });
  }

  #device(): Promise<{ readonly device: Device; readonly tab: string }> {
    const opening = (this.#here ??= this.#openDevice());
    opening.catch(() => (this.#here = null));
    return opening;
  }

  async #openDevice(): Promise<{ readonly device: Device; readonly tab: string }> {
    const provider = await platformProvider();
    const device = await openDevice(provider, this.#store, this.#live);
    return { device, tab: await currentTab(provider, this.#store, this.#live, device.id) };
  }

  async #optionsFor(folder: string): Promise<FolderSyncOptions> {
    const { remember = "none", pollInterval = POLL, now = Date.now } = this.#options;
    const { device, tab } = await this.#device();
    const [provider, store, live] = [await platformProvider(), this.#store, this.#live];
    const keyring = new Keyring({ provider, store, device, folder, remember, tab });
    const place = await rememberedPlace(store, folder);
    return { provider, http: this.#http(), server: this.#api, folder, store, device, live, keyring, place, pollInterval, now };
  }
}
