/**
 * Every node of a folder by its own name, in columns. A directory's rename, move or trash changes one entry: what lies below is looked up through its
 * directories when it is searched.
 *
 * @module
 */

import { shownName } from "../tree/name.ts";
import type { Node } from "../tree/node.ts";
import { foldText, lettersIn } from "./fold-text.ts";

/** Stands for the root where the place of a directory is asked for. */
export const rootPlace = -1;
const notKnown = -2;

export class NameIndex {
  /** By place; undefined where one is free. */
  readonly nodes: (Node | undefined)[] = [];
  /** Shown names, folded. "" where a place is free. */
  readonly names: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #free: number[] = [];
  #letters = new Int32Array(1024);
  #parents = new Int32Array(1024);

  /** Nodes. */
  get size(): number {
    return this.#places.size;
  }

  placeOf(id: string): number | undefined {
    return this.#places.get(id);
  }

  /** The characters of a name (`lettersIn`). */
  lettersAt(place: number): number {
    return this.#letters[place]!;
  }

  /** The place of the directory that a node is in, or `rootPlace`. */
  parentAt(place: number): number {
    const known = this.#parents[place]!;
    if (known !== notKnown) return known;
    // A directory may be put in after what was moved into it.
    const parent = this.#placeOfParent(this.nodes[place]!);
    this.#parents[place] = parent;
    return parent;
  }

  #placeOfParent({ parent }: Node): number {
    return parent === null ? rootPlace : (this.#places.get(parent) ?? notKnown);
  }

  /** Puts a node in, or in the place of the one that has its id. Returns its place. */
  put(node: Node): number {
    const known = this.#places.get(node.node);
    const place = known ?? this.#free.pop() ?? this.nodes.length;
    const old = this.nodes[place];
    this.nodes[place] = node;
    if (known === undefined) this.#places.set(node.node, place);
    if (place >= this.#parents.length) this.#grow();
    this.#parents[place] = this.#placeOfParent(node);
    if (old?.name !== node.name) {
      const name = foldText(shownName(node.name));
      this.names[place] = name;
      this.#letters[place] = lettersIn(name);
    }
    return place;
  }

  /** Returns the place that became free; undefined where the node was not there. */
  remove(id: string): number | undefined {
    const place = this.#places.get(id);
    if (place === undefined) return undefined;
    this.#places.delete(id);
    this.nodes[place] = undefined;
    this.names[place] = "";
    this.#letters[place] = 0;
    this.#free.push(place);
    return place;
  }

  clear(): void {
    this.#places.clear();
    this.nodes.length = this.names.length = this.#free.length = 0;
  }

  #grow(): void {
    const wider = (column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(column.length * 2);
      next.set(column);
      return next;
    };
    this.#letters = wider(this.#letters);
    this.#parents = wider(this.#parents);
  }
}
