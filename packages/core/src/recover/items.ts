/**
 * What a recovered folder is written as: paths that are harmless on every file system, unique where case and Unicode form do not count.
 *
 * @module
 */

import { exportNames } from "../tree/export-name.ts";
import { withSuffix } from "../tree/name.ts";
import type { Node } from "../tree/node.ts";
import type { VersionDescriptor } from "../tree/op.ts";
import type { Tree } from "../tree/tree.ts";
import type { Stray } from "./strays.ts";

export type ItemKind = "current" | "version" | "trash" | "stray";

/** A file or directory to write. */
export interface RecoveryItem {
  readonly kind: ItemKind;
  /** Safe names, outermost first; never empty, none is `..` or has a separator. */
  readonly path: readonly string[];
  /** Null: a directory. */
  readonly version: VersionDescriptor | null;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Milliseconds since 1970, where it is known. */
  readonly modified: number | null;
}

/** Names of the directories that hold what is not current. */
export interface PlaceNames {
  readonly trash: string;
  readonly versions: string;
  readonly strays: string;
}

export interface ItemChoice {
  /** What lies in the trash too. */
  readonly trash?: boolean | undefined;
  /** Earlier versions too. */
  readonly versions?: boolean | undefined;
  readonly places?: PlaceNames | undefined;
}

export const englishPlaces: PlaceNames = { trash: "Trash", versions: "Earlier versions", strays: "Found without a place" };

/** Bytes of a path beyond which some systems take none (PATH_MAX is 4096, and a place is put before it). */
const pathLimit = 3072;

/** Everything to write, directories before what is in them. */
export function recoveryItems(tree: Tree, strays: readonly Stray[], choice: ItemChoice = {}): RecoveryItem[] {
  const { places = englishPlaces } = choice;
  const items: RecoveryItem[] = [];
  const versions: RecoveryItem[] = [];
  // The places stand beside the folder's own nodes; of names that collide the folder's own are kept.
  const roots = tree.children(null).filter(({ trashed }) => !trashed);
  const kinds = [places.trash, places.versions, places.strays].map((name) => ({ name, kind: "directory" as const }));
  const names = exportNames([...roots, ...kinds]);
  const [trash, earlier, stray] = names.slice(roots.length) as [string, string, string];

  const visit = (siblings: readonly Node[], safe: readonly string[], above: readonly string[], kind: ItemKind): void => {
    siblings.forEach((node, i) => {
      const path = [...above, safe[i]!];
      if (node.kind === "directory") {
        items.push({ kind, path: fitted(path, node.node), version: null, size: 0, modified: null });
        const children = tree.children(node.node).filter(({ trashed }) => !trashed);
        visit(children, exportNames(children), path, kind);
        return;
      }
      const standing = node.versions.map(({ descriptor }) => descriptor);
      const current = standing.pop();
      if (current !== undefined) items.push(file(kind, path, current));
      const name = path.at(-1)!;
      standing.forEach((version, at) =>
        versions.push(file("version", [earlier, ...path.slice(0, -1), withSuffix(name, `(version ${at + 1})`, "file")], version)),
      );
    });
  };
  visit(roots, names, [], "current");
  if (choice.trash === true) {
    const trashed = [...tree.trashed].map((id) => tree.get(id)!);
    visit(trashed, exportNames(trashed), [trash], "trash");
  }
  if (choice.versions === true) items.push(...distinct(versions));
  const named = strays.map(({ name, node }) => ({ name: name ?? node, kind: "file" as const }));
  exportNames(named).forEach((name, i) => items.push(file("stray", [stray, name], strays[i]!.version)));
  return items;
}

function file(kind: ItemKind, path: readonly string[], version: VersionDescriptor): RecoveryItem {
  return { kind, path: fitted(path, version.blob), version, size: version.size, modified: version.modified ?? null };
}

/** A path too long for most systems is given up for a short one; the name stays. */
function fitted(path: readonly string[], id: string): readonly string[] {
  const length = new TextEncoder().encode(path.join("/")).length;
  return length <= pathLimit ? path : [...path.slice(0, 1), id, path.at(-1)!];
}

/** Earlier versions of twins, or beside a file of the same numbered name, may want one path. */
function distinct(items: readonly RecoveryItem[]): RecoveryItem[] {
  const byDirectory = Map.groupBy(items, ({ path }) => JSON.stringify(path.slice(0, -1)));
  return [...byDirectory.values()].flatMap((siblings) => {
    const names = exportNames(siblings.map(({ path }) => ({ name: path.at(-1)!, kind: "file" })));
    return siblings.map((item, i) => ({ ...item, path: [...item.path.slice(0, -1), names[i]!] }));
  });
}

/** A path as one text, to be shown. */
export function pathText(item: Pick<RecoveryItem, "path" | "version">): string {
  return item.path.join("/") + (item.version === null ? "/" : "");
}
