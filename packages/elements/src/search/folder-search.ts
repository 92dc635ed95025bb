/**
 * What is being looked for in a folder. It belongs to the folder, so that a search field and a list find each other on any page, in whatever root
 * each of them is.
 *
 * @module
 */
import type { Folder, NodeId, Readable, TreeNode } from "@keyfold/core";
import { kindOf } from "../file-actions/file-kind.ts";
import type { FileKind } from "../file-actions/file-kind.ts";

/** Filters that a press turns on and off. */
export const searchChips = ["from-phone", "recent", "photos", "pdf", "documents", "large"] as const;
export type SearchChip = (typeof searchChips)[number];

export interface SearchQuery {
  /** Where to look: this directory and all below. */
  readonly root: NodeId | null;
  readonly text: string;
  readonly chips: ReadonlySet<SearchChip>;
}

/** Days that count as recent. */
export const recentDays = 30;
/** Bytes above which a file is large. */
export const largeFrom = 10_000_000;

export class FolderSearch implements Readable<SearchQuery | null> {
  #query: SearchQuery | null = null;
  readonly #listeners = new Set<() => void>();

  /** Null while nothing is looked for. */
  get value(): SearchQuery | null {
    return this.#query;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setText(text: string, root: NodeId | null): void {
    this.#replace({ root, text, chips: this.#query?.chips ?? new Set() });
  }

  toggle(chip: SearchChip, root: NodeId | null): void {
    const chips = new Set(this.#query?.chips);
    if (!chips.delete(chip)) chips.add(chip);
    this.#replace({ root: this.#query?.root ?? root, text: this.#query?.text ?? "", chips });
  }

  clear(): void {
    this.#replace(null);
  }

  #replace(query: SearchQuery | null): void {
    this.#query = query === null || (query.text.trim() === "" && query.chips.size === 0) ? null : query;
    for (const listener of this.#listeners) listener();
  }
}

const searches = new WeakMap<Folder, FolderSearch>();

export function searchOf(folder: Folder): FolderSearch {
  let search = searches.get(folder);
  if (search === undefined) searches.set(folder, (search = new FolderSearch()));
  return search;
}

/** Whether a node passes all chips. The words are the listing's own work. */
export function passesChips(node: TreeNode, chips: ReadonlySet<SearchChip>, now: number): boolean {
  for (const chip of chips) if (!passes(node, chip, now)) return false;
  return true;
}

/** Words that a person may type for a kind: "pdf", "photos" … → the kind they mean. */
export function kindWords(words: Readonly<Record<FileKind, string>>): (text: string) => FileKind | null {
  const kinds = new Map(Object.entries(words).map(([kind, word]) => [word.toLowerCase(), kind as FileKind]));
  return (text) => kinds.get(text.trim().toLowerCase()) ?? null;
}

function passes(node: TreeNode, chip: SearchChip, now: number): boolean {
  switch (chip) {
    case "from-phone":
      return node.fromDrop;
    case "recent":
      return (node.added?.at ?? node.current?.modified ?? 0) >= now - recentDays * 86_400_000;
    case "photos":
      return kindOf(node) === "image";
    case "pdf":
      return node.current?.type === "application/pdf" || node.name.toLowerCase().endsWith(".pdf");
    case "documents":
      return ["page", "table", "text"].includes(kindOf(node));
    default:
      return (node.current?.size ?? 0) > largeFrom;
  }
}
