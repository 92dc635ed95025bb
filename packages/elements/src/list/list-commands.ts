/** Which command a key stands for in a list. Pure: the list carries it out. */

export type ListCommand =
  | "open"
  | "up"
  | "toggle"
  | "extend"
  | "select-all"
  | "select-none"
  | "rename"
  | "cut"
  | "paste"
  | "undo"
  | "redo"
  | "trash"
  | "menu"
  | "help";

export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const withControl: Readonly<Record<string, ListCommand>> = { a: "select-all", x: "cut", v: "paste", z: "undo", y: "redo", " ": "toggle" };
const plain: Readonly<Record<string, ListCommand>> = {
  Enter: "open",
  Backspace: "up",
  F2: "rename",
  Delete: "trash",
  Escape: "select-none",
  "?": "help",
};

/**
 * @param inControl whether a button or checkbox has the focus: Enter and Space are its own
 * @returns null where the key is no command
 */
export function commandOf(event: PressedKey, inControl: boolean): ListCommand | null {
  const { key } = event;
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey) return null;
    if (event.shiftKey) return key.toLowerCase() === "z" ? "redo" : null;
    return withControl[key.toLowerCase()] ?? null;
  }
  if (event.altKey) return key === "ArrowUp" ? "up" : null;
  if (inControl && (key === "Enter" || key === " ")) return null;
  if (key === " ") return event.shiftKey ? "extend" : "toggle";
  if (key === "F10") return event.shiftKey ? "menu" : null;
  return plain[key] ?? null;
}
