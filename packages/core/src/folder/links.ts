/**
 * The folder's links: to its page, to all of it read only, and shares of parts of it.
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { LinkOptions } from "../interface/folder.ts";
import type { ReadLinkOptions, ShareOptions, ShareView, UnshareOptions } from "../interface/share.ts";
import type { Readable } from "../interface/state.ts";
import type { NodeId } from "../interface/tree.ts";
import type { KeyCheckpoint } from "../key/file.ts";
import { toKeyCheckpoint } from "../log/checkpoint.ts";
import { shareLink } from "../share/link.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import type { FolderSyncOptions } from "../sync/options.ts";
import { Sharing } from "../sync/sharing.ts";
import { folderLink } from "./link.ts";
import { readFragment, readKeyFor } from "./read-link.ts";
import { ShareList, shareTerms } from "./share-list.ts";

export interface LinksPort extends Pick<FolderSyncOptions, "provider" | "http" | "folder" | "store" | "device" | "live"> {
  readonly sync: FolderSync;
}

/** Each as the folder's own of that name. */
export class Links {
  readonly #port: LinksPort;
  readonly #sharing: Sharing;
  readonly #list = new ShareList(() => this.#sharing.views());

  constructor(port: LinksPort) {
    this.#port = port;
    const { provider, store, live, folder, sync, device } = port;
    this.#sharing = new Sharing({
      provider,
      store,
      live,
      folder,
      sync,
      lock: `keyfold:${device.id}:shares:${folder}`,
      onProblem: (error) => sync.report(error),
      changed: () => this.touch(),
    });
  }

  get shares(): Readable<readonly ShareView[]> {
    return this.#list;
  }

  /** Something of the folder changed. */
  touch(): void {
    this.#list.touch();
  }

  /** Looks whether what shares show has changed, and publishes it. */
  look(): void {
    this.#sharing.look();
  }

  async share(nodes: readonly NodeId[], options: ShareOptions): Promise<{ id: string; link: string }> {
    if (nodes.length === 0) throw new KeyfoldError("invalid-argument", "A link shows at least one file or directory.");
    const page = this.#sharePage(options.page);
    const terms = shareTerms(options, Date.now());
    const { id, fragment } = await this.#sharing.create({ nodes, ...terms, passphrase: options.passphrase, signal: options.signal });
    return { id, link: shareLink(page, fragment) };
  }

  async shareLink(id: string, page?: string): Promise<string> {
    return shareLink(this.#sharePage(page), await this.#sharing.fragment(id));
  }

  unshare(id: string, options: UnshareOptions): Promise<void> {
    return this.#sharing.end(id, options);
  }

  async readLink({ key, page }: ReadLinkOptions): Promise<string> {
    const { provider, sync } = this.#port;
    const { position } = sync.replica;
    if (sync.access === null || position === null) throw new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
    if (sync.isOpenFolder) return this.link(page);
    if (key === undefined) {
      throw new KeyfoldError("key-needed", "This device keeps the key as a handle only. Ask for it once more: readLink({ key }).");
    }
    return `${this.link(page)}#${readFragment(await readKeyFor(provider, position.keys.slice(), key))}`;
  }

  link(page?: string, { checkpoint }: LinkOptions = {}): string {
    return folderLink(this.#port.folder, this.#address(page), checkpoint === true ? this.checkpoint() : undefined);
  }

  /** The place up to which this device has verified the log; undefined before it has any. */
  checkpoint(): KeyCheckpoint | undefined {
    const { position } = this.#port.sync.replica;
    return position === null ? undefined : toKeyCheckpoint(position);
  }

  close(): Promise<void> {
    return this.#sharing.close();
  }

  #sharePage(page: string | undefined): string {
    return page === undefined ? `${this.#port.http.server}/share` : this.#address(page);
  }

  /** Of a page as it is named from here; of this very page, or of the server where there is none. */
  #address(page?: string): string {
    const here = typeof location === "undefined" ? `${this.#port.http.server}/` : location.href;
    return new URL(page ?? here, here).href;
  }
}
