import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentOf, cutIntoParts, openAll, openerOf, openRehashed, provider, sealSmall, small, smallPart } from "../../test/sealing.ts";
import { concat, toBase64url } from "../crypto/encoding.ts";
import { geometryOf } from "./geometry.ts";
import { createOpener } from "./opener.ts";
import { createSealer, drawBlob } from "./sealer.ts";

describe("opening refuses", () => {
  it("any flipped bit in a part", async () => {
    const blob = await sealSmall(contentOf(500), 560);
    await fc.assert(
      fc.asyncProperty(fc.nat(blob.parts.length - 1), fc.nat(), async (part, seed) => {
        const opener = await openerOf(blob);
        await opener.acceptPartHashes(concat(...blob.hashes));
        if (part > 0) await opener.acceptFirstPart(blob.parts[0]!);
        const changed = blob.parts[part]!.slice();
        const bit = seed % (8 * changed.length);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        await expect(opener.openPart(part, changed)).rejects.toMatchObject({ code: "tampered", reason: "part-hash" });
      }),
    );
  });

  it("any flipped bit when hashes and digest were made to fit", async () => {
    const blob = await sealSmall(contentOf(300), 330);
    const sealed = concat(...blob.parts);
    for (let bit = 0; bit < 8 * sealed.length; bit += 5) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const reason = bit < 8 ? "header" : "tag";
      await expect(openRehashed(blob, changed)).rejects.toMatchObject({ code: "tampered", reason });
    }
  });

  it("any flipped bit in the list of hashes, and a list of another length", async () => {
    const blob = await sealSmall(contentOf(500), 500);
    const joined = concat(...blob.hashes);
    const opener = await openerOf(blob);
    const refused = { code: "tampered", reason: "digest" };
    for (let bit = 0; bit < 8 * joined.length; bit++) {
      const changed = joined.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expect(opener.acceptPartHashes(changed)).rejects.toMatchObject(refused);
    }
    for (const list of [joined.subarray(32), concat(joined, joined.subarray(0, 32)), joined.subarray(1), new Uint8Array()]) {
      await expect(opener.acceptPartHashes(list)).rejects.toMatchObject(refused);
    }
  });

  it("segments exchanged, with fitting part hashes and without", async () => {
    const blob = await sealSmall(contentOf(500), 500);
    const sealed = concat(...blob.parts);
    const whole = Math.floor(sealed.length / small.segmentSize);
    for (let a = 1; a < whole; a++) {
      for (let b = a + 1; b < whole; b++) {
        const changed = sealed.slice();
        changed.set(sealed.subarray(a * 65, (a + 1) * 65), b * 65);
        changed.set(sealed.subarray(b * 65, (b + 1) * 65), a * 65);
        await expect(openRehashed(blob, changed)).rejects.toMatchObject({ code: "tampered", reason: "tag" });
        await expect(openAll(await openerOf(blob), blob.hashes, cutIntoParts(changed, smallPart))).rejects.toMatchObject({
          reason: "part-hash",
        });
      }
    }
  });

  it("parts exchanged, and a part of another blob", async () => {
    const blob = await sealSmall(contentOf(600), 600);
    const opener = await openerOf(blob);
    await opener.acceptPartHashes(concat(...blob.hashes));
    await opener.acceptFirstPart(blob.parts[0]!);
    expect(blob.parts.length).toBeGreaterThan(2);
    await expect(opener.openPart(1, blob.parts[0]!)).rejects.toMatchObject({ reason: "part-hash" });
    const other = await sealSmall(contentOf(599), 600);
    await expect(opener.openPart(1, other.parts[1]!)).rejects.toMatchObject({ reason: "part-hash" });
  });

  it("a stream cut at any byte, also where the descriptor and all hashes were made to fit", async () => {
    const blob = await sealSmall(contentOf(300), 300);
    const sealed = concat(...blob.parts);
    for (let length = 0; length < sealed.length; length++) {
      const cut = sealed.subarray(0, length);
      await expect(openAll(await openerOf(blob), blob.hashes, cutIntoParts(cut, smallPart))).rejects.toMatchObject({ code: "tampered" });
    }
    // A cut at a segment's end, told as a shorter blob: the last segment left says that it is not the last.
    for (let segments = 1; segments < Math.ceil(sealed.length / 65); segments++) {
      const plainSize = geometryOf(300, 65).plainRangeOfSegment(segments - 1).end;
      expect(geometryOf(plainSize, 65).sealedSize).toBe(65 * segments);
      const shorter = { ...blob, content: contentOf(plainSize), plainSize };
      await expect(openRehashed(shorter, sealed.slice(0, 65 * segments))).rejects.toMatchObject({ code: "tampered", reason: "tag" });
    }
  });

  it("padding that is not zero, wherever", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 400 }), fc.integer({ min: 1, max: 300 }), fc.nat(), async (size, padding, seed) => {
        // Sealed as content, told as padding.
        const plain = new Uint8Array(size + padding);
        plain[size + (seed % padding)] = 1;
        const sealed = await sealSmall(plain, plain.length);
        const blob = { ...sealed, content: plain.slice(0, size) };
        await expect(openAll(await openerOf(blob), blob.hashes, blob.parts)).rejects.toMatchObject({ code: "tampered", reason: "padding" });
      }),
      { numRuns: 40 },
    );
  });

  it("another blob's id or key", async () => {
    const sealer = await createSealer(provider, { ...drawBlob(provider), size: 5, padded: false });
    const { bytes, hash } = await sealer.sealPart(0, contentOf(5));
    const descriptor = await sealer.describe([hash]);
    for (const other of [
      { ...descriptor, blob: drawBlob(provider).blob },
      { ...descriptor, key: toBase64url(drawBlob(provider).key) },
    ]) {
      await expect(openAll(createOpener(provider, other), [hash], [bytes])).rejects.toMatchObject({ code: "tampered", reason: "tag" });
    }
  });

  it("a broken first part and all that waits for it, and nothing any more once a good copy has come", async () => {
    const blob = await sealSmall(contentOf(500), 500);
    const opener = await openerOf(blob);
    await opener.acceptPartHashes(concat(...blob.hashes));
    const broken = blob.parts[0]!.slice();
    broken[100]! ^= 1;
    const waiting = [opener.openPart(0, broken), opener.openPart(1, blob.parts[1]!)];
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ status: "rejected", reason: { reason: "part-hash" } });
    await opener.openPart(0, blob.parts[0]!);
    const { start, end } = opener.contentRangeOfPart(1);
    expect(await opener.openPart(1, blob.parts[1]!)).toEqual(blob.content.subarray(start, end));
  });

  it("parts before their hashes, or before the first part", async () => {
    const blob = await sealSmall(contentOf(500), 500);
    const opener = await openerOf(blob);
    await expect(opener.openPart(0, blob.parts[0]!)).rejects.toMatchObject({ code: "invalid-argument" });
    await opener.acceptPartHashes(concat(...blob.hashes));
    await expect(opener.openPart(1, blob.parts[1]!)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
