/** Laws of what the log told besides the tree, as another edition may have kept it. */
import { ok } from "node:assert/strict";
import { idOf } from "../../ops.ts";
import { keptAs, someTold } from "../../kept-chronicle.ts";
import { Chronicle } from "../../../src/sync/chronicle.ts";
import { Tree } from "../../../src/tree/tree.ts";
import type { Law } from "../law.ts";
import { judged, ofJson, onJson } from "./judged.ts";

/** `JSON.stringify` goes down into a value, and as deep as some texts can be read it cannot go. */
function canBeWritten(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

export const chronicleLaws: readonly Law[] = [
  ofJson(
    "what the log told is taken up, or passed over",
    150,
    async () => [someTold],
    onJson(async (value) => {
      if (!canBeWritten(value)) return;
      const judgement = await judged(() => keptAs(value));
      ok("value" in judgement);
      if (judgement.value === null) return;
      const chronicle = new Chronicle(idOf(3));
      chronicle.restore(judgement.value);
      chronicle.export(new Tree());
    }),
  ),
];
