import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Folder, NodeId } from "@keyfold/core";
import { canMove } from "../file-actions/node-changes.ts";
import { beginNodeDrag, draggedNodes, dragsFiles } from "../file-actions/node-drag.ts";

export interface DropPlacesOptions {
  mayDrop(): boolean;
  moveTo(ids: readonly NodeId[], to: NodeId | null): void;
  take(transfer: DataTransfer, to: NodeId | null): void;
  /** Something is held over another place than before; null: over none. */
  heldOver?(mark: string | null): void;
}

/** Where things may be dropped in a list or tree: rows that are directories, breadcrumbs, the place itself. Each has a mark. */
export class DropPlaces implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly folder: Folder | null };
  readonly #options: DropPlacesOptions;
  #target: string | null = null;
  #files = false;

  constructor(host: ReactiveControllerHost & { readonly folder: Folder | null }, options: DropPlacesOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** The mark of the place something is held over; null for none. */
  get target(): string | null {
    return this.#target;
  }

  /** Whether what is held over it are files of the computer. */
  get carriesFiles(): boolean {
    return this.#files;
  }

  hostConnected(): void {}

  hostDisconnected(): void {
    this.#target = null;
  }

  begin(event: DragEvent, ids: readonly NodeId[]): void {
    if (this.#host.folder !== null) beginNodeDrag(event, this.#host.folder, ids);
  }

  over(event: DragEvent, to: NodeId | null, mark: string): void {
    const ids = this.#accepts(event, to);
    if (ids === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = ids === null ? "copy" : "move";
    this.#show(mark, ids === null);
  }

  leave(event: DragEvent): void {
    if (event.relatedTarget instanceof Node && (event.currentTarget as Node).contains(event.relatedTarget)) return;
    this.#show(null, false);
  }

  drop(event: DragEvent, to: NodeId | null): void {
    const ids = this.#accepts(event, to);
    this.#show(null, false);
    if (ids === undefined || event.dataTransfer === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (ids === null) this.#options.take(event.dataTransfer, to);
    else this.#options.moveTo(ids, to);
  }

  /** The nodes; null for files of the computer; undefined for what is not taken here. */
  #accepts(event: DragEvent, to: NodeId | null): readonly NodeId[] | null | undefined {
    const folder = this.#host.folder;
    if (!this.#options.mayDrop() && folder !== null) return undefined;
    if (dragsFiles(event)) return null;
    const ids = draggedNodes(event, folder);
    return ids !== null && folder !== null && canMove(folder.state.tree, ids, to) ? ids : undefined;
  }

  #show(target: string | null, files: boolean): void {
    if (target === this.#target && files === this.#files) return;
    if (target !== this.#target) this.#options.heldOver?.(target);
    this.#target = target;
    this.#files = files;
    this.#host.requestUpdate();
  }
}
