import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GivenSeen, TakenSeen } from "../api/pairing.ts";
import { concat, toBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { isKeyfoldError } from "../error.ts";
import { deriveOwnerKeys, generateRoot } from "../key/schedule.ts";
import { MeetingState } from "../protocol/schema.ts";
import { checkCharactersOf, commitmentOf, encodePairingCode, parsePairingCode } from "./code.ts";
import { nextOfGiver, type GiverKnows } from "./giver.ts";
import { openHandOver, sealHandOver } from "./hand-over.ts";
import { nextOfJoiner, type JoinerKnows } from "./joiner.ts";

const provider = webCryptoProvider();
const [P, Q, N] = [provider.randomBytes(32), provider.randomBytes(32), provider.randomBytes(32)];
const sealed = provider.randomBytes(156);

function told<Value>(run: () => Value): Value | string {
  try {
    return run();
  } catch (error) {
    return isKeyfoldError(error) ? `${error.code} ${error.reason}` : String(error);
  }
}

describe("the device that has the key", () => {
  const next = (knows: Partial<GiverKnows>, seen: Omit<GivenSeen, "seconds">): string =>
    told(() => nextOfGiver({ key: null, confirmed: false, handedOver: false, ...knows }, { seconds: 60, ...seen }));

  it("waits, reveals, and hands over once its own person and the other device have confirmed", () => {
    expect(next({}, { state: "waiting", key: null })).toBe("nothing");
    expect(next({}, { state: "scanned", key: P })).toBe("reveal");
    expect(next({ key: P }, { state: "scanned", key: P })).toBe("reveal");
    expect(next({ key: P }, { state: "revealed", key: P })).toBe("nothing");
    expect(next({ key: P, confirmed: true }, { state: "revealed", key: P })).toBe("nothing");
    expect(next({ key: P }, { state: "confirmed", key: P })).toBe("nothing");
    expect(next({ key: P, confirmed: true }, { state: "confirmed", key: P })).toBe("hand-over");
    expect(next({ key: P, confirmed: true, handedOver: true }, { state: "sealed", key: P })).toBe("nothing");
    expect(next({ key: P, confirmed: true, handedOver: true }, { state: "done", key: null })).toBe("finish");
  });

  it("takes no other key than the first, nor steps that nobody took", () => {
    expect(next({ key: P }, { state: "revealed", key: Q })).toBe("pairing-failed key");
    expect(next({ key: P, confirmed: true }, { state: "confirmed", key: Q })).toBe("pairing-failed key");
    expect(next({ key: P }, { state: "waiting", key: null })).toBe("pairing-failed answer");
    expect(next({}, { state: "waiting", key: P })).toBe("pairing-failed answer");
    expect(next({}, { state: "confirmed", key: null })).toBe("pairing-failed answer");
    expect(next({ key: P, confirmed: true }, { state: "done", key: null })).toBe("pairing-failed answer");
    expect(next({ key: P }, { state: "cancelled", key: null })).toBe("cancelled elsewhere");
  });

  it("never hands over, whatever the server says, unless its own person has confirmed", () => {
    const seen = fc.record({ state: fc.constantFrom(...MeetingState.options), key: fc.constantFrom(null, P, Q), seconds: fc.nat() });
    const knows = fc.record({ key: fc.constantFrom(null, P), confirmed: fc.boolean(), handedOver: fc.boolean() });
    fc.assert(
      fc.property(knows, seen, (known, shown) => {
        const act = told(() => nextOfGiver(known, shown));
        if (act === "hand-over") expect([known.confirmed, shown.key]).toEqual([true, known.key ?? shown.key]);
        if (act === "finish") expect(known.handedOver).toBe(true);
      }),
    );
  });
});

describe("the new device", () => {
  const next = (knows: Partial<JoinerKnows>, seen: Partial<TakenSeen> & Pick<TakenSeen, "state">): string =>
    told(() => nextOfJoiner({ nonce: null, confirmed: false, ...knows }, { seconds: 60, nonce: null, sealed: null, ...seen }));

  it("waits, checks N, confirms, receives", () => {
    expect(next({}, { state: "scanned" })).toBe("nothing");
    expect(next({}, { state: "revealed", nonce: N })).toBe("check");
    expect(next({ nonce: N }, { state: "revealed", nonce: N })).toBe("nothing");
    expect(next({ nonce: N, confirmed: true }, { state: "revealed", nonce: N })).toBe("confirm");
    expect(next({ nonce: N, confirmed: true }, { state: "confirmed", nonce: N })).toBe("nothing");
    expect(next({ nonce: N, confirmed: true }, { state: "sealed", nonce: N, sealed })).toBe("receive");
  });

  it("opens nothing before its person has confirmed, and believes no end that it did not reach", () => {
    expect(next({ nonce: N }, { state: "sealed", nonce: N, sealed })).toBe("nothing");
    expect(next({}, { state: "sealed", sealed })).toBe("nothing");
    expect(next({ nonce: N, confirmed: true }, { state: "done" })).toBe("pairing-failed answer");
    expect(next({}, { state: "cancelled" })).toBe("cancelled elsewhere");
  });
});

describe("a pairing code", () => {
  const code = { secret: provider.randomBytes(32), commitment: provider.randomBytes(16), keyId: "ab".repeat(16) };
  const text = encodePairingCode(code);

  it("is 86 characters, and comes back", () => {
    expect(text).toHaveLength(86);
    expect(parsePairingCode(text)).toEqual(code);
  });

  it("that is garbage is refused, and the error repeats nothing of it", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.integer({ min: 0, max: 85 }).map((length) => text.slice(0, length)),
      fc.string({ minLength: 1 }).map((more) => text + more),
      fc
        .tuple(fc.nat({ max: 85 }), fc.constantFrom("=", "+", "/", " ", "\n", "\0", "é", "🔑"))
        .map(([at, by]) => text.slice(0, at) + by + text.slice(at + 1)),
      // The last character has two bits alone that belong to a byte.
      fc.constantFrom(...Array.from("BCDEFGHabcxyz0189-_")).map((last) => text.slice(0, 85) + last),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => toBase64url(bytes)),
    );
    fc.assert(
      fc.property(texts, (garbage) => {
        fc.pre(!/^[A-Za-z0-9_-]{85}[AQgw]$/.test(garbage));
        try {
          parsePairingCode(garbage);
          expect.unreachable();
        } catch (error) {
          expect(error).toMatchObject({ code: "unreadable-code" });
          expect((error as Error).cause).toBeUndefined();
          if (garbage.length > 20) expect((error as Error).message).not.toContain(garbage.slice(0, 20));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("shows other characters for any other key or N", async () => {
    const shown = await checkCharactersOf(provider, code.secret, P, N);
    expect(shown).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}$/);
    // One in a million pairs are the same by chance: three that all were would be a fault.
    const others = await Promise.all([
      checkCharactersOf(provider, code.secret, Q, N),
      checkCharactersOf(provider, code.secret, P, Q),
      checkCharactersOf(provider, N, P, N),
    ]);
    expect(others.every((other) => other === shown)).toBe(false);
  });
});

describe("what is handed over", async () => {
  const root = generateRoot(provider);
  const { keyId } = await deriveOwnerKeys(provider, root);
  const own = await provider.importAgreement(provider.randomBytes(32));
  const agreed = { code: { commitment: await commitmentOf(provider, N), keyId }, psk: provider.randomBytes(32), nonce: N };
  const handedOver = { root, checkpoint: { epoch: 2, seq: 4711, head: provider.randomBytes(32) } };
  const opening = async (bytes: Bytes, change: Partial<typeof agreed> = {}, to = own): Promise<string> => {
    try {
      await openHandOver(provider, { ...agreed, ...change }, to, bytes);
      return "opened";
    } catch (error) {
      return isKeyfoldError(error) ? `${error.code} ${error.reason}` : String(error);
    }
  };

  it("opens for the device whose key was compared, by the code that it scanned, and no other", async () => {
    const bytes = await sealHandOver(provider, agreed, own.publicKey, handedOver);
    expect(bytes).toHaveLength(156);
    expect(await opening(bytes)).toBe("opened");
    expect(await opening(bytes, {}, await provider.importAgreement(provider.randomBytes(32)))).toBe("pairing-failed sealed");
    expect(await opening(bytes, { psk: provider.randomBytes(32) })).toBe("pairing-failed sealed");
    expect(await opening(bytes, { nonce: Q })).toBe("pairing-failed sealed");
    expect(await opening(bytes, { code: { ...agreed.code, commitment: provider.randomBytes(16) } })).toBe("pairing-failed sealed");
    expect(await opening(bytes.slice(0, 40))).toBe("pairing-failed sealed");
    expect(await opening(concat(new Uint8Array(32), bytes.slice(32)))).toBe("pairing-failed sealed");
  });

  it("must be the key that the code names", async () => {
    const other = { ...handedOver, root: generateRoot(provider) };
    expect(await opening(await sealHandOver(provider, agreed, own.publicKey, other))).toBe("pairing-failed key-id");
  });

  it("is not sealed to what is no key", async () => {
    const sealing = sealHandOver(provider, agreed, new Uint8Array(32), handedOver);
    await expect(sealing).rejects.toMatchObject({ code: "pairing-failed", reason: "key" });
  });
});
