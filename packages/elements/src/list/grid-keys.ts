/** Where a key takes the focus in ARIA's grid pattern. Pure: the list moves it. */

export interface GridPlace {
  readonly index: number;
  readonly column: number;
}

export interface GridShape {
  /** Rows of the table, or cards. */
  readonly count: number;
  /** Columns that can be seen, by their number; one number for cards. */
  readonly columns: readonly number[];
  /** Cards a line; 1 for the table. */
  readonly across: number;
  /** Rows a page. */
  readonly page: number;
  readonly rightToLeft: boolean;
}

/** The place a key leads to; null where the key is none of these. */
export function placeAfter(key: string, ctrl: boolean, { index, column }: GridPlace, shape: GridShape): GridPlace | null {
  const { count, columns, across, page } = shape;
  const last = count - 1;
  const to = (wanted: number, at = column): GridPlace => ({ index: Math.max(0, Math.min(wanted, last)), column: at });
  const forward = shape.rightToLeft ? "ArrowLeft" : "ArrowRight";
  const back = shape.rightToLeft ? "ArrowRight" : "ArrowLeft";
  const cards = columns.length === 1;
  const at = columns.indexOf(column);
  const line = index - (index % across);
  switch (key) {
    case "ArrowDown":
      // the last line may be short: its last card is below, too
      return index + across <= last || index >= last - (last % across)
        ? index + across <= last
          ? to(index + across)
          : to(index)
        : to(last);
    case "ArrowUp":
      return index - across >= 0 ? to(index - across) : to(index);
    case forward:
      return cards ? to(index + 1) : to(index, columns[Math.min(at + 1, columns.length - 1)] ?? column);
    case back:
      return cards ? to(index - 1) : to(index, columns[Math.max(at - 1, 0)] ?? column);
    case "Home":
      return cards ? to(ctrl ? 0 : line) : ctrl ? to(0, columns[0]) : to(index, columns[0]);
    case "End":
      return cards ? to(ctrl ? last : line + across - 1) : ctrl ? to(last, columns.at(-1)) : to(index, columns.at(-1));
    case "PageDown":
      return to(index + page * across);
    case "PageUp":
      return to(index - page * across);
    default:
      return null;
  }
}
