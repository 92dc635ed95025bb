/** What is told of a node in words and numbers. */
import type { Deed, TreeNode, TreeView } from "@keyfold/core";
import { kindOf } from "../file-actions/file-kind.ts";
import { endingOf } from "../file-actions/name-clip.ts";
import type { Formats, Words } from "../i18n/index.ts";

export type Fact = readonly [term: string, value: string];

interface Told {
  readonly words: Words;
  readonly format: Formats;
  readonly tree: TreeView;
}

export function factsOf(node: TreeNode, told: Told, dimensions: { width: number; height: number } | null): readonly Fact[] {
  const { words, format, tree } = told;
  const say = words.details;
  const facts: Fact[] = [];
  if (node.kind === "directory") {
    const { directories, files, bytes } = countBelow(tree, node);
    facts.push(
      [say.kind, words.files.kinds.folder],
      [say.holds, say.holdsCount(words.files.folders(directories), words.files.filesCount(files))],
    );
    facts.push([say.size, format.bytes(bytes)]);
  } else {
    const kind = kindName(node, words);
    facts.push([say.kind, dimensions === null ? kind : `${kind}, ${say.dimensions(dimensions.width, dimensions.height)}`]);
    facts.push([say.size, format.bytes(node.current?.size ?? 0)]);
    if (node.current?.modified != null) facts.push([say.modified, format.when(node.current.modified)]);
  }
  if (node.added !== null) {
    const phone = say.addedFrom(format.when(node.added.at), words.files.phone);
    facts.push([say.added, node.fromDrop ? phone : whenAndWhere(node.added, told)]);
  }
  if (node.trashedBy !== null) facts.push([say.trashed, whenAndWhere(node.trashedBy, told)]);
  const parent = node.parent === null ? undefined : tree.get(node.parent);
  facts.push([say.in, parent?.displayName ?? words.files.myFolder]);
  return facts;
}

/** "3 June, from this device" */
function whenAndWhere({ at, here }: Deed, { words, format }: Told): string {
  const when = format.when(at);
  return here ? words.details.addedHere(when) : words.details.addedFrom(when, words.files.otherDevice);
}

/** "JPEG image", "PDF document", "Folder": the type's own short name where it has one, else that of the ending. */
export function kindName(node: TreeNode, words: Words): string {
  const kind = words.files.kinds[kindOf(node)];
  const subtype = (node.current?.type.split("/")[1] ?? "").split(";")[0] ?? "";
  const ending = endingOf(node.name).slice(1);
  const short = /^(?!plain$|html$|x-)[a-z0-9]{2,4}$/u.test(subtype) ? subtype : ending.length <= 5 ? ending : "";
  return short === "" ? kind : words.files.typed(short.toUpperCase(), kind);
}

export function countBelow(tree: TreeView, node: TreeNode): { directories: number; files: number; bytes: number } {
  let directories = 0;
  let files = 0;
  for (const below of tree.descend(node.id)) {
    if (below.kind === "directory") directories += 1;
    else files += 1;
  }
  return { directories, files, bytes: tree.size(node.id) };
}
