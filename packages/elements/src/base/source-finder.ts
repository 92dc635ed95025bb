import type { ReactiveController, ReactiveControllerHost } from "lit";
import { isFolderSource } from "./folder-source.ts";
import type { FolderSource } from "./folder-source.ts";

/**
 * Finds the element that `for` names: in the element's own root, then in the document; whenever it comes, in whatever order the elements are defined.
 * It goes on looking while connected, so that a target which is replaced is found again.
 */
export class SourceFinder implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #found: (source: FolderSource | null) => void;
  #id: string | null = null;
  #target: Element | null = null;
  #observer: MutationObserver | null = null;

  constructor(host: ReactiveControllerHost & Element, found: (source: FolderSource | null) => void) {
    this.#host = host;
    this.#found = found;
    host.addController(this);
  }

  get id(): string | null {
    return this.#id;
  }

  set id(id: string | null) {
    if (id === this.#id) return;
    this.#id = id;
    this.#restart();
  }

  hostConnected(): void {
    this.#restart();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = null;
  }

  #restart(): void {
    this.#observer?.disconnect();
    this.#observer = null;
    if (this.#id === null) {
      if (this.#target !== null) this.#take(null);
      return;
    }
    if (!this.#host.isConnected) return;
    this.#observer = new MutationObserver(() => this.#look());
    const watched: MutationObserverInit = { childList: true, subtree: true, attributes: true, attributeFilter: ["id"] };
    for (const root of this.#roots()) this.#observer.observe(root, watched);
    this.#look();
  }

  #roots(): readonly (Document | ShadowRoot)[] {
    const root = this.#host.getRootNode();
    return root instanceof ShadowRoot ? [root, document] : [document];
  }

  #look(): void {
    let target: Element | null = null;
    for (const root of this.#roots()) target ??= this.#id === null || this.#id === "" ? null : root.getElementById(this.#id);
    if (target !== this.#target) this.#take(target);
  }

  #take(target: Element | null): void {
    this.#target = target;
    if (target === null || isFolderSource(target)) {
      this.#found(target);
      return;
    }
    this.#found(null);
    const name = target.localName;
    if (!name.includes("-")) return;
    void this.#await(target, name);
  }

  async #await(target: Element, name: string): Promise<void> {
    await customElements.whenDefined(name);
    if (this.#target === target && isFolderSource(target)) this.#found(target);
  }
}
