import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Folder, TreeNode, VersionView } from "@keyfold/core";

/** How many thumbnails are kept beyond those in view. */
const kept = 300;

/** Small pictures have no thumbnail beside them: the folder gives the picture itself. Bytes. */
const ownThumbnail = 64 * 1024;

function isOwnThumbnail({ type, size }: VersionView): boolean {
  return size <= ownThumbnail && /^image\/(?:jpeg|png|webp|avif|gif|bmp)$/u.test(type);
}

/** Fetches the thumbnails of the rows that are drawn, once each, and keeps their `blob:` URLs while they may be drawn again. */
export class Thumbnails implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly folder: Folder | null };
  #folder: Folder | null = null;
  /** By the version's id: another version has another picture. Null: there is none. */
  #urls = new Map<string, string | null>();

  constructor(host: ReactiveControllerHost & { readonly folder: Folder | null }) {
    this.#host = host;
    host.addController(this);
  }

  /** The URL to draw; null while there is none. */
  of(node: TreeNode): string | null {
    const folder = this.#host.folder;
    if (folder !== this.#folder) {
      this.#letGo();
      this.#folder = folder;
    }
    const version = node.current;
    if (folder === null || version === null || (version.thumbnail === null && !isOwnThumbnail(version))) return null;
    const known = this.#urls.get(version.blob);
    if (known !== undefined) return known;
    this.#urls.set(version.blob, null);
    void this.#fetch(folder, node.id, version.blob);
    return null;
  }

  hostConnected(): void {}

  hostDisconnected(): void {
    this.#letGo();
  }

  async #fetch(folder: Folder, node: string, blob: string): Promise<void> {
    // without a picture the icon of the kind stands there: the error is said where the file itself is opened
    const picture = await folder.thumbnail({ node }).catch(() => null);
    if (picture === null || folder !== this.#folder || !this.#urls.has(blob)) return;
    this.#urls.set(blob, URL.createObjectURL(picture));
    for (const [old, url] of this.#urls) {
      if (this.#urls.size <= kept) break;
      if (url !== null) URL.revokeObjectURL(url);
      this.#urls.delete(old);
    }
    this.#host.requestUpdate();
  }

  #letGo(): void {
    for (const url of this.#urls.values()) if (url !== null) URL.revokeObjectURL(url);
    this.#urls = new Map();
    this.#folder = null;
  }
}
