/** The folder's tree as people see it. */

export type NodeId = string;
export type BlobId = string;

/** When something was done and by which device, by that device's own clock: for display only. */
export interface Deed {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly device: string;
  /** By this device. */
  readonly here: boolean;
}

export interface VersionView {
  readonly blob: BlobId;
  /** Bytes of content. */
  readonly size: number;
  /** Media type, "" when not known. */
  readonly type: string;
  /** The file's own modification time, milliseconds; null when not known. */
  readonly modified: number | null;
  readonly exposed: boolean;
  readonly thumbnail: BlobId | null;
}

/** A version as `folder.versions()` lists it. */
export interface FileVersion extends VersionView {
  readonly current: boolean;
  /** When and by which device it came, as far as this device knows: what the log told before the folder's last change of keys is erased. */
  readonly came: Deed | null;
}

export interface TreeNode {
  readonly id: NodeId;
  readonly kind: "directory" | "file";
  readonly parent: NodeId | null;
  /** As stored: any characters. Never put it into a file system. */
  readonly name: string;
  /** As shown: control and bidi characters made visible, twins told apart as "name (2)". */
  readonly displayName: string;
  /** Marked itself (not only by an ancestor). */
  readonly trashed: boolean;
  /** When and by which device it was put into the trash, once that is confirmed and as far as this device knows. */
  readonly trashedBy: Deed | null;
  /** Oldest first; empty for directories. */
  readonly versions: readonly VersionView[];
  readonly current: VersionView | null;
  /** Arrived through a drop (from a phone). */
  readonly fromDrop: boolean;
  /** When and by which device it was added, as far as this device knows; for display only. */
  readonly added: Deed | null;
  /** Any version, or for a directory any version below it, still has to be sealed anew. */
  readonly exposed: boolean;
  /** Made or changed here and not confirmed yet. */
  readonly pending: boolean;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

/** A consistent view of one moment. Cheap to make; reads are lazy. */
export interface TreeView {
  /** Grows with every change: compare to know whether anything changed. */
  readonly version: number;
  /** Nodes that are not in the trash. */
  readonly count: { readonly files: number; readonly directories: number };
  get(id: NodeId): TreeNode | undefined;
  /** Not trashed, directories and files, in order of creation. `null` is the root. */
  children(id: NodeId | null): readonly TreeNode[];
  childCount(id: NodeId | null): number;
  /** From below the root down to the node itself. */
  path(id: NodeId): readonly TreeNode[];
  /** By path, e.g. "/2026/taxes"; "/" is null (the root); undefined when there is none. */
  resolve(path: string): TreeNode | null | undefined;
  /** Nodes that carry the trash mark themselves, latest first. */
  trash(): readonly TreeNode[];
  /** All nodes below, not trashed, parents before children. */
  descend(id: NodeId | null): Iterable<TreeNode>;
  /** Bytes of current versions of the node or everything below it. */
  size(id: NodeId | null): number;
}

/** What sort of thing a node is, coarsely. */
export type NodeKind = "directory" | "image" | "video" | "audio" | "pdf" | "document" | "text" | "archive" | "other";

export type SortKey = "name" | "size" | "modified" | "added" | "kind";

export interface ListingQuery {
  root: NodeId | null;
  sort?: SortKey;
  descending?: boolean;
  /** Directories before files, whatever the sort. Default true. */
  directoriesFirst?: boolean;
  /** Words that all must occur in the name (case and accents ignored), and/or kinds. Searches below `root` as a whole when given. */
  filter?: { text?: string; kinds?: readonly string[]; trashed?: boolean };
}

export interface Listing {
  readonly nodes: readonly TreeNode[];
}
