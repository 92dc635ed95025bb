import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Folder, Listing, NodeId, Readable, TreeNode } from "@keyfold/core";
import { trashPlace } from "../file-actions/node-actions.ts";
import type { Sort } from "./node-order.ts";

export interface ContentsScene {
  readonly folder: Folder;
  /** A directory's id, null for the root, or the trash. */
  readonly place: NodeId | null;
  readonly sort: Sort;
}

/** Follows what is in the place that is shown. */
export class ListContents implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #scene: () => ContentsScene | null;
  #listing: Readable<Listing> | null = null;
  #folder: Folder | null = null;
  #key = "";
  #stop: (() => void) | null = null;
  #trash: { version: number; nodes: readonly TreeNode[] } | null = null;

  constructor(host: ReactiveControllerHost, scene: () => ContentsScene | null) {
    this.#host = host;
    this.#scene = scene;
    host.addController(this);
  }

  get nodes(): readonly TreeNode[] {
    const scene = this.#scene();
    if (scene === null) {
      this.hostDisconnected();
      return [];
    }
    if (scene.place === trashPlace) return this.#trashed(scene);
    this.#follow(scene);
    return this.#listing?.value.nodes ?? [];
  }

  hostConnected(): void {}

  hostDisconnected(): void {
    this.#stop?.();
    this.#stop = null;
    this.#listing = null;
    this.#folder = null;
    this.#key = "";
    this.#trash = null;
  }

  /** Latest first, whatever the sort is elsewhere. */
  #trashed({ folder }: ContentsScene): readonly TreeNode[] {
    const { tree } = folder.state;
    if (this.#trash?.version !== tree.version) this.#trash = { version: tree.version, nodes: tree.trash() };
    return this.#trash.nodes;
  }

  #follow({ folder, place, sort }: ContentsScene): void {
    const key = JSON.stringify([place, sort.key, sort.descending]);
    if (key === this.#key && folder === this.#folder) return;
    this.#stop?.();
    this.#key = key;
    this.#folder = folder;
    this.#listing = folder.listing({ root: place, sort: sort.key, descending: sort.descending, directoriesFirst: true });
    this.#stop = this.#listing.subscribe(() => this.#host.requestUpdate());
  }
}
