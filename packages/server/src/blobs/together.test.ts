import { expect, test } from "vitest";
import { together } from "./together.ts";

test("what is asked for in one turn is done at once, each with its own result", async () => {
  const groups: number[][] = [];
  const double = together(async (items: readonly number[]) => {
    groups.push([...items]);
    return items.map((item) => 2 * item);
  });
  expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6]);
  expect(await double(4)).toBe(8);
  expect(groups).toEqual([[1, 2, 3], [4]]);
});

test("a failure is everybody's, and the next group is not touched by it", async () => {
  let fail = true;
  const run = together(async (items: readonly number[]) => {
    if (fail) throw new Error("full");
    return items;
  });
  const settled = await Promise.allSettled([run(1), run(2)]);
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fail = false;
  expect(await run(3)).toBe(3);
});
