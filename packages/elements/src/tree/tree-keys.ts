/** What a key does in ARIA's tree pattern. Pure: the tree does it. */
import { rowKey } from "./tree-rows.ts";
import type { Row } from "./tree-row.ts";

export type TreeStep =
  | { readonly go: number }
  | { readonly toggle: Row }
  | { readonly expand: readonly string[] }
  | "activate"
  | "rename"
  | "trash"
  | "cut"
  | "paste"
  | "undo"
  | "redo"
  | "menu";

export interface TreeShape {
  readonly rows: readonly Row[];
  readonly index: number;
  /** Rows a page. */
  readonly page: number;
  readonly rightToLeft: boolean;
}

export interface PressedTreeKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** Null where the key means nothing here. */
export function stepOf(event: PressedTreeKey, shape: TreeShape): TreeStep | null {
  const { rows, index, page } = shape;
  const row = rows[index];
  if (row === undefined) return null;
  if (event.ctrlKey || event.metaKey) return (event.shiftKey ? withShift : withControl)[event.key.toLowerCase()] ?? null;
  const into = shape.rightToLeft ? "ArrowLeft" : "ArrowRight";
  const out = shape.rightToLeft ? "ArrowRight" : "ArrowLeft";
  switch (event.key) {
    case "ArrowDown":
      return { go: index + 1 };
    case "ArrowUp":
      return { go: index - 1 };
    case "Home":
      return { go: 0 };
    case "End":
      return { go: rows.length - 1 };
    case "PageDown":
      return { go: index + page };
    case "PageUp":
      return { go: index - page };
    case into:
      if (row.expanded === false) return { toggle: row };
      return { go: row.expanded === true && (rows[index + 1]?.level ?? 0) > row.level ? index + 1 : index };
    case out:
      return row.expanded === true ? { toggle: row } : { go: parentOf(rows, index) };
    case "*":
      return { expand: closedSiblings(rows, row) };
    case "Enter":
    case " ":
      return "activate";
    case "F2":
      return "rename";
    case "Delete":
    case "Backspace":
      return "trash";
    case "F10":
      return event.shiftKey ? "menu" : null;
    default:
      return null;
  }
}

const withControl: Readonly<Record<string, TreeStep>> = { x: "cut", v: "paste", z: "undo", y: "redo" };
const withShift: Readonly<Record<string, TreeStep>> = { z: "redo" };

function parentOf(rows: readonly Row[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let at = index - 1; at >= 0; at--) if ((rows[at]?.level ?? 0) < level) return at;
  return index;
}

function closedSiblings(rows: readonly Row[], row: Row): readonly string[] {
  const parent = row.node?.parent ?? null;
  return rows
    .filter((each) => each.level === row.level && (each.node?.parent ?? null) === parent && each.expanded === false)
    .map((each) => rowKey(each.id));
}
