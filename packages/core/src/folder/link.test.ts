import { expect, test } from "vitest";
import { checkpointOfLink, folderLink } from "./link.ts";

const folder = "ab".repeat(16);

test("a link's checkpoint comes back, and a link without one has none", () => {
  const checkpoint = { epoch: 1, seq: 12, head: "cd".repeat(32) };
  expect(checkpointOfLink(folderLink(folder, "https://example.com/app/", checkpoint))).toEqual(checkpoint);
  expect(checkpointOfLink(folderLink(folder, "https://example.com/app/"))).toBeUndefined();
});

test("what is no link, or no checkpoint, is refused as such", () => {
  for (const link of ["http://[/#at=AAAA", `https://example.com/f/${folder}#at=`, `/f/${folder}#at=${"A".repeat(58)}`]) {
    expect(() => checkpointOfLink(link)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  }
});
