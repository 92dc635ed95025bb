import type { ReactiveController } from "lit";
import type { Folder } from "@keyfold/core";
import { searchOf } from "../search/folder-search.ts";
import type { FoundList } from "../search/folder-search.ts";

/** Lets a search field lead into a list of what it found. */
export class FoundEntry implements ReactiveController {
  readonly #host: { readonly folder: Folder | null };
  readonly #list: FoundList;
  #folder: Folder | null = null;
  #leave: (() => void) | null = null;

  constructor(host: { readonly folder: Folder | null }, list: FoundList) {
    this.#host = host;
    this.#list = list;
  }

  hostUpdate(): void {
    const { folder } = this.#host;
    if (folder === this.#folder) return;
    this.hostDisconnected();
    this.#folder = folder;
    this.#leave = folder === null ? null : searchOf(folder).joinList(this.#list);
  }

  hostDisconnected(): void {
    this.#leave?.();
    this.#leave = null;
    this.#folder = null;
  }
}
