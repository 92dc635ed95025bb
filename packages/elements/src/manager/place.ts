/** The directory that an address names, and the way back: `#n=<node>`. Only addresses with no fragment, or one of ours, are touched. */
import type { NodeId } from "@keyfold/core";

const named = /^#n=([0-9a-f]{32})$/;

/** The directory in an address; null: the folder's root; undefined: the fragment is the page's own. */
export function directoryIn(hash: string): NodeId | null | undefined {
  if (hash === "" || hash === "#" || hash === "#n=") return null;
  return named.exec(hash)?.[1];
}

/** Walks the page's history along with the directories: going into one is a step that Back undoes. */
export class PlaceHistory {
  readonly #went: (directory: NodeId | null) => void;
  #on = false;

  constructor(went: (directory: NodeId | null) => void) {
    this.#went = went;
  }

  /** Follows the address from now on; returns the directory it names now. */
  start(): NodeId | null {
    if (!this.#on) {
      this.#on = true;
      addEventListener("popstate", this.#moved);
      addEventListener("hashchange", this.#moved);
    }
    return directoryIn(location.hash) ?? null;
  }

  stop(): void {
    this.#on = false;
    removeEventListener("popstate", this.#moved);
    removeEventListener("hashchange", this.#moved);
  }

  /** The person went into a directory. */
  go(directory: NodeId | null): void {
    if (!this.#on || directoryIn(location.hash) === undefined || directoryIn(location.hash) === directory) return;
    const { pathname, search } = location;
    // the page's own state object is its own: ours is only the fragment
    history.pushState(history.state, "", directory === null ? `${pathname}${search}` : `#n=${directory}`);
  }

  readonly #moved = (): void => {
    const directory = directoryIn(location.hash);
    if (directory !== undefined) this.#went(directory);
  };
}
