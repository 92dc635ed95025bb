import { toBase64url } from "@keyfold/core/protocol";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount } from "../../test/mount.ts";
import { newOwner } from "../../test/owner.ts";

const day = 24 * 3_600_000;

describe("what an owner says is deleted at once", () => {
  const bits = (...set: number[]): Record<string, string> => {
    const bytes = new Uint8Array(1);
    for (const bit of set) bytes[0]! |= 0x80 >> bit;
    return { "keyfold-delete": toBase64url(bytes) };
  };

  test("goes with the append, and the rest of what it drops has its days of grace", async () => {
    const site = await mount();
    const owner = await newOwner(site.send, base);
    const blobs = [await owner.upload(), await owner.upload(), await owner.upload()].toSorted();
    await owner.append({ added: blobs });
    expect((await owner.append({ dropped: blobs }, bits(1))).status).toBe(200);
    expect([await owner.stateOf(blobs[0]!), await owner.stateOf(blobs[1]!), await owner.stateOf(blobs[2]!)]).toEqual([
      "dropped",
      "410",
      "dropped",
    ]);
    site.wait(29 * day);
    await site.app.maintain();
    await owner.signIn();
    expect(await owner.stateOf(blobs[0]!)).toBe("dropped");
  });

  test("is refused whole where it does not fit what is dropped", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blob = await owner.upload();
    await owner.append({ added: [blob] });
    for (const headers of [
      bits(1),
      { "keyfold-delete": "" },
      { "keyfold-delete": "gAA" },
      { "keyfold-delete": "=" },
      { "keyfold-delete": "A".repeat(500) },
    ]) {
      expect(await codeOf(await owner.append({ dropped: [blob] }, headers))).toBe("malformed");
    }
    expect(await owner.stateOf(blob)).toBe("live");
    expect((await owner.append({ dropped: [blob] }, bits(0))).status).toBe(200);
    expect(await owner.stateOf(blob)).toBe("410");
  });
});
