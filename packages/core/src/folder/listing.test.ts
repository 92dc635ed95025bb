import * as fc from "fast-check";
import { expect, test } from "vitest";
import { idOf, ops } from "../../test/ops.ts";
import type { FolderState, Readable } from "../interface/state.ts";
import type { ListingQuery, SortKey } from "../interface/tree.ts";
import { applyOp } from "../tree/fold.ts";
import { Tree } from "../tree/tree.ts";
import { TreeViews } from "../tree/view.ts";
import { listingOf, select } from "./listing.ts";

/** A state of which only the tree counts. */
function showing(tree: Tree): { state: Readable<FolderState>; views: TreeViews } {
  const views = new TreeViews(tree);
  const state = {
    get value() {
      return { tree: views.current() } as FolderState;
    },
    subscribe: () => () => undefined,
  };
  return { state, views };
}

test("a list that was looked at after every change is in the order of one that is sorted at the end", () => {
  const query: fc.Arbitrary<ListingQuery> = fc.record({
    root: fc.constantFrom(null, idOf(1)),
    sort: fc.constantFrom<SortKey>("name", "size", "modified", "added", "kind"),
    descending: fc.boolean(),
    directoriesFirst: fc.boolean(),
    filter: fc.constantFrom({}, { text: "a" }, { trashed: true }),
  });
  fc.assert(
    fc.property(query, ops(60), (wanted, list) => {
      const tree = new Tree();
      const { state, views } = showing(tree);
      const listing = listingOf(state, wanted);
      for (const op of list) {
        applyOp(tree, op);
        expect(listing.value.nodes).toEqual(select(views.current(), wanted));
      }
    }),
  );
});
