/** Looking for nodes by name, place and what they are. All of it happens on the device: the server neither hears of it nor could help. */
import type { Readable } from "./state.ts";
import type { NodeId, NodeKind, SortKey, TreeNode } from "./tree.ts";

/** What a hit must be. Everything that is given must hold. */
export interface SearchFilter {
  readonly kind?: "directory" | "file";
  /** One of these. */
  readonly kinds?: readonly NodeKind[];
  /** One of these, as in the `accept` attribute: "application/pdf", "image/*", ".xlsx". Directories have none. */
  readonly types?: readonly string[];
  /** Bytes of the current version, both included. Directories have none. */
  readonly size?: { readonly min?: number; readonly max?: number };
  /** The file's own modification time, or else when it was added; milliseconds since 1970, both included. */
  readonly modified?: { readonly from?: number; readonly to?: number };
  /** When it was added to the folder, or else the file's own time; milliseconds since 1970, both included. */
  readonly added?: { readonly from?: number; readonly to?: number };
  /** Arrived through a drop (from a phone). */
  readonly fromDrop?: boolean;
  /** Looks in the trash, at what is marked and at all below it, and nowhere else. Default false: everywhere else. */
  readonly trashed?: boolean;
}

export interface SearchQuery {
  /**
   * Words, of which a node's name and the names of the directories it is in must have all, and the name itself one at least. Case, accents and width do
   * not count. A word may lie anywhere in a name; where fewer than 20 nodes are found so, one wrong, missing, doubled or swapped letter after a word's first
   * is overlooked. Of a word with slashes ("taxes/2026/return") the last piece must be in the node's own name and the others above it; "taxes/" is all
   * below. Empty: everything that passes the filter, and nothing where there is no filter. What exceeds 200 UTF-16 units or 12 words does not count.
   */
  readonly text?: string;
  /** Looks below this directory, at any depth; null is the whole folder. */
  readonly root?: NodeId | null;
  readonly filter?: SearchFilter;
  /** `relevance` (default where there is a text): whole names, then beginnings of names, of words, then the rest; short names first. Else `name`. */
  readonly sort?: SortKey | "relevance";
  readonly descending?: boolean;
  /** Directories before files. Default true, but for `relevance`. */
  readonly directoriesFirst?: boolean;
  /** Hits that are given out, at most; `total` counts the others too. Default 100. */
  readonly limit?: number;
  /** Words that stand for what a node is, in the person's language: `{ image: { kinds: ["image"] } }`. Such a word finds these nodes besides. */
  readonly meanings?: Readonly<Record<string, Pick<SearchFilter, "kind" | "kinds" | "types">>>;
}

export interface SearchHit {
  readonly node: TreeNode;
  /** Shown names of the directories it lies in, outermost first. */
  readonly path: readonly string[];
  /** Where the words are in `node.displayName`: start and end in UTF-16 units, ascending, apart from each other, never within a character. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

export interface SearchResults {
  /** What was asked. */
  readonly query: SearchQuery;
  /** The best, in order. Equal ones are ordered by name, then by id: the same on every device. */
  readonly hits: readonly SearchHit[];
  /** All that were found. */
  readonly total: number;
  /** More may come. Until the first hits of a new query are there, the ones before stay. */
  readonly searching: boolean;
}

/** A search that is kept up to date for as long as it has subscribers. It works in slices of a few milliseconds, and begins with `folder.search()`. */
export interface Search extends Readable<SearchResults> {
  /** Asks something else; what was asked before is given up. */
  ask(query: SearchQuery): void;
  /** Resolves once nothing is searched any more, with what was found. Rejects with `offline` where the search itself could not be loaded. */
  settled(): Promise<SearchResults>;
}
