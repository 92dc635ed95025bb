/** Filters that a press turns on and off, and what each asks for. */
import type { SearchFilter } from "@keyfold/core";
import { typesOfKinds } from "../file-actions/file-kind.ts";
import type { FileKind } from "../file-actions/file-kind.ts";

export const searchChips = ["from-phone", "recent", "photos", "videos", "pdf", "documents", "large", "here"] as const;
export type SearchChip = (typeof searchChips)[number];

/** Days that count as recent. */
export const recentDays = 30;
/** Bytes above which a file is large. */
export const largeFrom = 10_000_000;

const typesOfChips: Partial<Record<SearchChip, readonly string[]>> = {
  photos: typesOfKinds(["image"]),
  videos: typesOfKinds(["video"]),
  pdf: ["application/pdf", ".pdf"],
  documents: typesOfKinds(["page", "table", "text"]),
};

/** Chips for what a file is add to each other; the others narrow. `here` is no filter but a place. All but that are about files. */
export function filterOf(chips: ReadonlySet<SearchChip>, now: number): SearchFilter | undefined {
  const types = [...chips].flatMap((chip) => typesOfChips[chip] ?? []);
  if ([...chips].every((chip) => chip === "here")) return undefined;
  return {
    kind: "file",
    ...(types.length === 0 ? {} : { types }),
    ...(chips.has("recent") ? { added: { from: now - recentDays * 86_400_000 } } : {}),
    ...(chips.has("large") ? { size: { min: largeFrom + 1 } } : {}),
    ...(chips.has("from-phone") ? { fromDrop: true } : {}),
  };
}

/** Words that a person may type for a kind: "image", "folder" … */
export function meaningsOf(words: Readonly<Record<FileKind, string>>): Record<string, Pick<SearchFilter, "kind" | "types">> {
  const meanings: Record<string, Pick<SearchFilter, "kind" | "types">> = {};
  for (const [kind, word] of Object.entries(words) as [FileKind, string][]) {
    if (kind === "folder") meanings[word] = { kind: "directory" };
    else if (kind !== "other") meanings[word] = { types: typesOfKinds([kind]) };
  }
  return meanings;
}
