/** What a key signs: a challenge relayed, replayed, or shaped like something else. */
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { toBase64url, toUtf8 } from "../../src/crypto/encoding.ts";
import { entryAad, entryText, genesisText, rekeyText } from "../../src/protocol/step.ts";
import { sessionText } from "../../src/protocol/session-text.ts";
import { serverForThisTest } from "../devices-on-server.ts";
import { json } from "./server.ts";
import { codeOf, logOf, provider, readerOf, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());
afterAll(() => stage.server.remove());

describe("a challenge", () => {
  const wrong: [string, Record<string, unknown>, string][] = [
    ["of another server, relayed", { server: "https://files.example.com/keyfold" }, "session-refused"],
    ["of this server under another spelling", { server: "http://LOCALHOST/keyfold" }, "session-refused"],
    ["for another folder", { folder: "0".repeat(32) }, "session-refused"],
    ["for more than was asked", { scope: "read" }, "session-refused"],
    ["of a later epoch", { epoch: 1 }, "locked-elsewhere"],
    ["with a line more in its nonce", { nonce: `${"A".repeat(43)}\nscope:owner` }, "server-failed"],
    ["with a line more in its server", { server: "https://a.example\nfolder:x" }, "server-failed"],
    ["whose nonce is the beginning of an entry", { nonce: toBase64url(toUtf8("keyfold/1 entry\0".padEnd(32, "\0"))) }, "well"],
    ["whose nonce is too short", { nonce: "A".repeat(42) }, "server-failed"],
    ["with a fraction for an epoch", { epoch: 0.5 }, "server-failed"],
    ["that expires never", { expires: 1e300 }, "server-failed"],
    ["with no number for its end", { expires: "2000000000\nscope:owner" }, "server-failed"],
  ];
  test.for(wrong)("%s: what is not for this sign-in is not signed", async ([, change, code]) => {
    const { folder, owner } = await stage.locked(() => Promise.resolve());
    const api = stage.api(folder.id, owner);
    stage.server.expectNoLeak();
    stage.server.rewrite(
      "POST /challenge",
      json((answer) => ({ ...answer, ...change })),
    );
    // A nonce that is not the server's is refused there; here it is only random bytes, and may be signed.
    const expected = code === "well" ? "session-refused" : code;
    expect(await codeOf(api.log(0))).toBe(expected);
    expect(stage.server.count("POST /session")).toBe(code === "well" ? 1 : 0);
  });

  test("passed on by a server in between is refused on both sides: the true one does not answer for another address, nor does the client sign its own", async () => {
    const bank = await serverForThisTest();
    const { folder, owner } = await stage.locked(() => Promise.resolve());
    stage.server.expectNoLeak();
    stage.server.answer("POST /challenge", async () => {
      const asked = { server: bank.url, scope: "owner" };
      return fetch(`${bank.url}/v1/folders/${folder.id}/challenge`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(asked),
      });
    });
    expect(await codeOf(stage.api(folder.id, owner).log(0))).toMatch(/session-refused|not-found/);
    expect(stage.server.count("POST /session")).toBe(0);
    const asked = { server: "https://evil.example/keyfold", scope: "owner" };
    const direct = await fetch(`${stage.server.url}/v1/folders/${folder.id}/challenge`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
    });
    expect([direct.status, ((await direct.json()) as { code: string }).code]).toEqual([403, "wrong-server"]);
  });
});

test("a session that was signed once is good once: replayed, or with a nonce put into another, it gets no token", async () => {
  const { folder, owner, key } = await stage.locked(() => Promise.resolve());
  stage.server.expectNoLeak();
  await stage.api(folder.id, owner).log(0);
  const sent = stage.server.seen.find(({ what }) => what === "POST /session")!;
  const again = (body: Uint8Array<ArrayBuffer> | string): Promise<Response> =>
    fetch(sent.url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const replayed = await again(sent.body);
  expect([replayed.status, ((await replayed.json()) as { code: string }).code]).toEqual([401, "challenge-refused"]);
  const told = JSON.parse(new TextDecoder().decode(sent.body)) as Record<string, unknown>;
  for (const change of [{ scope: "read" }, { expires: 1 }, { nonce: toBase64url(provider.randomBytes(32)) }, { epoch: 1 }]) {
    expect([change, (await again(JSON.stringify({ ...told, ...change }))).status]).toEqual([change, 401]);
  }
  // A reader's key signs for a reader, whatever scope it claims.
  const reader = await readerOf(key);
  const api = stage.api(folder.id, null, reader);
  api.session.use({ scope: "owner", epoch: 0, sign: (text) => provider.sign(reader.readAuth, text) });
  expect(await codeOf(api.log(0))).toBe("session-refused");
});

test("a token of one folder is nothing to another, and one that the server makes up is sent nowhere else", async () => {
  const { folder, owner } = await stage.locked(() => Promise.resolve());
  const other = await stage.locked(() => Promise.resolve());
  const token = await stage.api(folder.id, owner).session.token();
  const stolen = await fetch(`${stage.server.url}/v1/folders/${other.folder.id}/log?from=0`, { headers: { "keyfold-token": token } });
  expect(stolen.status).toBe(401);
  for (const bad of ["a.b", "a.b.c\r\nx: y", "a.b.c ", `${"a".repeat(3000)}.b.c`]) {
    stage.server.rewrite(
      "POST /session",
      json((answer) => ({ ...answer, token: bad })),
    );
    expect(await codeOf(stage.api(folder.id, owner).log(0))).toBe("server-failed");
    stage.server.repent();
  }
});

test("no text of a session is the beginning of a genesis, an entry or a rekey, and no signature of one key holds for another", async () => {
  const { folder, owner, key } = await stage.locked(() => Promise.resolve());
  const { places } = await logOf(stage.api(folder.id, owner));
  const last = places.at(-1)!;
  const aad = entryAad(last, new Uint8Array(32));
  const logTexts = [genesisText(folder.id, 1, owner.keys), entryText(aad, new Uint8Array(32)), rekeyText(last, owner.keys)];
  const challenge = fc.record({
    server: fc.webUrl({ withFragments: false, withQueryParameters: false }).map((url) => url.replace(/\/+$/, "")),
    folder: fc.constant(folder.id),
    epoch: fc.nat(),
    scope: fc.constantFrom("owner" as const, "read" as const),
    nonce: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toBase64url(Uint8Array.from(bytes))),
    expires: fc.nat(),
  });
  fc.assert(
    fc.property(challenge, (values) => {
      let text: Uint8Array;
      try {
        text = sessionText(values);
      } catch {
        return true; // Not signed at all.
      }
      // They part in the word after "keyfold/1 ", whatever the values; and no byte of a session's text is zero.
      return (
        !text.includes(0) &&
        logTexts.every(
          (other) =>
            !Buffer.from(other)
              .subarray(0, 16)
              .equals(Buffer.from(text.subarray(0, 16))),
        )
      );
    }),
    { numRuns: 300 },
  );
  const signed = await provider.sign(owner.auth, logTexts[1]!);
  expect(await provider.verify(owner.keys.subarray(0, 32), signed, logTexts[1]!)).toBe(false);
  const reader = await readerOf(key);
  expect(await provider.verify(owner.keys.subarray(32, 64), await provider.sign(reader.readAuth, logTexts[1]!), logTexts[1]!)).toBe(false);
});
