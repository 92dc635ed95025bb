/** Choosing rows: one, several, a range. Pure: the list holds the value, and tells it on. */
import type { NodeId } from "@keyfold/core";

export interface Selection {
  readonly ids: readonly NodeId[];
  /** Where a range begins. */
  readonly anchor: NodeId | null;
}

export const emptySelection: Selection = { ids: [], anchor: null };

export function selectOnly(id: NodeId): Selection {
  return { ids: [id], anchor: id };
}

export function toggle({ ids }: Selection, id: NodeId): Selection {
  return { ids: ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id], anchor: id };
}

/** From the anchor as far as a row, in the order that is shown. */
export function extendTo(selection: Selection, id: NodeId, order: readonly NodeId[]): Selection {
  const from = order.indexOf(selection.anchor ?? id);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return selectOnly(id);
  return { ids: order.slice(Math.min(from, to), Math.max(from, to) + 1), anchor: order[from] ?? id };
}

export function selectAll(order: readonly NodeId[], { anchor }: Selection): Selection {
  return { ids: [...order], anchor: anchor ?? order[0] ?? null };
}

/** Forgets what is not there any more; the same value where nothing went. */
export function keepExisting(selection: Selection, exists: (id: NodeId) => boolean): Selection {
  return selection.ids.every(exists)
    ? selection
    : { ids: selection.ids.filter(exists), anchor: selection.anchor !== null && exists(selection.anchor) ? selection.anchor : null };
}
