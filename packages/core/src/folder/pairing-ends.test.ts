import { describe, expect, it, vi } from "vitest";
import { meddler } from "../../test/devices.ts";
import { look, meetingOf, pairingOnServer, rewriting } from "../../test/pairing.ts";
import { fromBase64url, toBase64url } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { pairingSeconds } from "../protocol/limits.ts";

const provider = webCryptoProvider();
const { devices, clock, lockedFolder, met } = pairingOnServer();

describe("it ends", () => {
  it("after two minutes by the server's clock, on both devices, and nothing is handed over then", async () => {
    const { old, newer } = await met();
    await look(old, newer);
    clock.now += pairingSeconds * 1000;
    await Promise.all([old.confirm(), newer.confirm()]);
    for (const pairing of [old, newer]) {
      expect(pairing).toMatchObject({ state: "expired", text: "", checkCharacters: null, error: { code: "pairing-expired" } });
      await expect(pairing.finished).rejects.toMatchObject({ code: "pairing-expired" });
      await expect(pairing.confirm()).rejects.toMatchObject({ code: "invalid-argument" });
    }
  });

  it("after two minutes whatever a server says of its clock", async () => {
    const { old, newer } = await (async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const between = rewriting(/pairings/, (answer) => ("seconds" in answer ? { ...answer, seconds: 86_400 } : answer));
      return met({ fetch: between.fetch }, { fetch: between.fetch });
    })();
    try {
      vi.advanceTimersByTime(pairingSeconds * 1000 - 1);
      expect([old.state, newer.state]).not.toContain("expired");
      vi.advanceTimersByTime(1);
      expect([old.state, newer.state]).toEqual(["expired", "expired"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("after two minutes that the device slept through: nothing is asked or said any more", async () => {
    const between = meddler();
    const { old, newer } = await met({ fetch: between.fetch }, { fetch: between.fetch });
    await look(old, newer);
    const requests = between.seen.length;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + pairingSeconds * 1000 });
    try {
      await Promise.all([old.confirm(), newer.confirm()]);
    } finally {
      vi.useRealTimers();
    }
    expect([old.state, newer.state]).toEqual(["expired", "expired"]);
    expect(between.seen).toHaveLength(requests);
  });

  it("where either person cancels; the other device says so", async () => {
    for (const by of ["old", "newer"] as const) {
      const both = await met();
      await look(both.old, both.newer);
      await both[by].cancel();
      await both[by].cancel();
      const other = by === "old" ? both.newer : both.old;
      await other.confirm();
      expect(both[by]).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "here" } });
      expect(other).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "elsewhere" } });
      await expect(both[by].finished).rejects.toMatchObject({ code: "cancelled" });
    }
  });

  it("where the folder is closed, or the device signs out", async () => {
    for (const end of ["close", "signOut"] as const) {
      const { folder, old, newer } = await met();
      await folder[end]();
      await newer.refresh();
      expect([old.state, newer.state]).toEqual(["failed", "failed"]);
      expect(newer.error).toMatchObject({ code: "cancelled", reason: "elsewhere" });
    }
  });

  it("where the folder is closed while the code is made", async () => {
    const { folder, key } = await lockedFolder();
    const making = folder.pair({ key });
    await folder.close();
    const outcome = await making.then(
      ({ state }) => state,
      (error: unknown) => (error as { code: string }).code,
    );
    expect(["failed", "cancelled", "signed-out", "key-needed"]).toContain(outcome);
  });

  it("where the code names another key than comes", async () => {
    const { folder, key } = await lockedFolder();
    const old = await folder.pair({ key });
    const { code } = await meetingOf(provider, old.text);
    const bytes = fromBase64url(old.text);
    bytes.set(provider.randomBytes(16), 48);
    const newer = await devices.client().joinByPairing(toBase64url(bytes));
    await look(old, newer);
    // Nothing of the key's id is in the characters: it is in what the sealed bytes are bound to.
    expect(newer.checkCharacters).toBe(old.checkCharacters);
    await Promise.all([old.confirm(), newer.confirm()]);
    await look(old, newer);
    expect(newer).toMatchObject({ state: "failed", error: { code: "pairing-failed", reason: "sealed" } });
    expect(code.keyId).toBe(folder.state.keyId);
  });

  it("at once where the text is no code: nothing is sent", async () => {
    const between = meddler();
    const client = devices.client({ fetch: between.fetch });
    for (const text of ["", "https://example.com", "x".repeat(86), "A".repeat(85)]) {
      await expect(client.joinByPairing(text)).rejects.toMatchObject({ code: "unreadable-code" });
    }
    expect(between.seen).toEqual([]);
  });

  it("at once with a code that this server does not know", async () => {
    const newer = await devices.client().joinByPairing(toBase64url(provider.randomBytes(64)));
    expect(newer).toMatchObject({ state: "expired", error: { code: "pairing-expired" } });
  });

  it("a ninth code in two minutes is refused, with the seconds to wait", async () => {
    const { folder, key } = await lockedFolder();
    const pairings = await Promise.all(Array.from({ length: 8 }, () => folder.pair({ key })));
    await expect(folder.pair({ key })).rejects.toMatchObject({ code: "rate-limited", retryAfter: pairingSeconds });
    await pairings[0]!.cancel();
    await folder.pair({ key });
  });
});
