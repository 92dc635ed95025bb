import { expect, test } from "vitest";
import { keptAs, someTold } from "../../test/kept-chronicle.ts";

test("what was kept comes back, also what an earlier edition kept, which has less in it", async () => {
  expect(await keptAs(someTold)).toEqual(someTold);
  const { added, shared, exposed } = someTold;
  expect(await keptAs({ added, shared, exposed })).toEqual({ added, shared, exposed });
});

test("what another edition kept otherwise is passed over", async () => {
  const others: readonly unknown[] = [
    null,
    [],
    { ...someTold, added: null },
    { ...someTold, came: [[1000, "x"]] },
    { ...someTold, trashed: [null] },
    { ...someTold, shared: "x" },
    { ...someTold, exposed: {} },
    { ...someTold, wrote: [null] },
    { ...someTold, wrote: [["x", 5]] },
    { ...someTold, wrote: [["x", [null]]] },
  ];
  for (const other of others) expect(await keptAs(other)).toBeNull();
});
