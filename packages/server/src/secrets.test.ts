/** What is secret: compared in constant time, and in no line that is written. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toBase64url, toHex, type Challenge } from "@keyfold/core/protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import type { BlobStore } from "./blobs/store.ts";
import { base, mount } from "../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner, Owner } from "../test/owner.ts";
import { logToStandardError, type LogLine } from "./log-line.ts";

const source = fileURLToPath(new URL(".", import.meta.url));

/** Comparisons with `===` in which a name speaks of a secret, or of what derives from one; whether something is there at all does not count. */
function plainComparisons(text: string): string[] {
  const named = /(token|secret|hash|mac|signature|digest|psk|passphrase|proof)/i;
  const found: string[] = [];
  for (const line of text.split("\n")) {
    if (/^\s*(\*|\/\/|\/\*)/.test(line)) continue;
    for (const [, left = "", right = ""] of line.matchAll(/([\w.?!]+)\)*\s*[!=]==\s*\(*([\w.?!"]+)/g)) {
      const isPresence = /^(undefined|null|true|false|\d+|"\w*")$/.test(right) || /length$|typeof/.test(left);
      if ((named.test(left) || named.test(right)) && !isPresence) found.push(`${left} === ${right}`);
    }
  }
  return found;
}

test("secrets, and what derives from them, are compared in constant time", async () => {
  expect(plainComparisons("if (row.token_hash === hash) open();\nif (a !== expectedMac) stop();")).toHaveLength(2);
  const found: string[] = [];
  for (const name of await readdir(source, { recursive: true })) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
    found.push(...plainComparisons(await readFile(join(source, name), "utf8")).map((comparison) => `${name}: ${comparison}`));
  }
  expect(found).toEqual([]);
});

test("where a secret decides, constantTimeEqual or the platform's own check does", async () => {
  const places = {
    "session/challenge.ts": /constantTimeEqual\(nonce\.subarray\(16\), await mac/,
    "session/token.ts": /jwtVerify\(/,
    "session/share-token.ts": /jwtVerify\(/,
    "shares/knocking.ts": /constantTimeEqual\(await hashOf\(text\), share\.token_hash\)/,
    "shares/publishing.ts": /constantTimeEqual\(row\.token_hash, tokenHash\)/,
    "pairings.ts": /constantTimeEqual\(hash, row\.token_hash\)/,
    "blobs/parts.ts": /constantTimeEqual\(claimed\.hash, part\.hash\)/,
    "routes/parts.ts": /constantTimeEqual\(partHash\(bytes\), hash\)/,
  };
  for (const [name, comparison] of Object.entries(places)) expect(await readFile(join(source, name), "utf8"), name).toMatch(comparison);
});

test("no line that is written holds a token, a key, a signature, a hash, an id, a name or a byte of content, whatever fails", async () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, "write").mockImplementation((piece) => {
      written.push(String(piece));
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  const log = (line: LogLine): void => {
    written.push(JSON.stringify(line));
    logToStandardError(line);
  };
  const secrets = new Map<string, string>();
  const secret = (name: string, value: Uint8Array | string): void => {
    if (typeof value === "string") secrets.set(name, value);
    else
      for (const text of [toHex(value), toBase64url(value), Buffer.from(value).toString("base64")])
        secrets.set(`${name} ${text.length}`, text);
  };
  /** A store that fails with all that it was given in the error. */
  let failing = false;
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const blobs: BlobStore = {
    async put(key, bytes) {
      if (failing) throw new Error(`cannot write ${key}: ${Buffer.from(bytes).toString("base64")}`);
      kept.set(key, bytes.slice());
    },
    async get(key) {
      if (failing) throw new Error(`cannot read ${key}`);
      return kept.get(key) ?? null;
    },
    remove: async (keys) => keys.forEach((key) => kept.delete(key)),
  };
  const address = "198.51.100.77";
  let hostFails = false;
  const site = await mount({
    blobs,
    log,
    clientAddress: () => address,
    rates: { limits: { "sign-in": { address: { requests: 30, seconds: 60 } } } },
    authorize(request) {
      if (hostFails) throw new Error(`no session for ${request.headers.get("authorization")}`);
      return { subject: "anna@example.org" };
    },
  });
  secret("server's secret", String(site.options.secret));
  secret("address", address);
  secret("subject", "anna@example.org");
  secret("host's token", "host-session-0123456789");
  const record: typeof site.send = (method, path, init = {}) => {
    for (const [name, value] of Object.entries(init.headers ?? {})) if (value.length > 15) secret(`${path} ${name}`, value);
    for (const id of path.match(/[0-9a-f]{32}/g) ?? []) secret(`id ${id}`, id);
    return site.send(method, path, { ...init, headers: { authorization: "host-session-0123456789", ...init.headers } });
  };

  const owner = await newOwner(record, base);
  secret("session token", owner.token);
  secret("read key", owner.readKey);
  secret("public keys", owner.keyring.keys);
  const blob = await owner.upload();
  await owner.append({ added: [blob] });

  const token = bytesOf(32);
  const share = newId();
  await owner.publish(share, { tokenHash: hashOf(token), kept: bytesOf(60) });
  secret("share's token", token);
  secret("share's token hash", hashOf(token));
  for (const sent of [token, bytesOf(32), new Uint8Array(3)]) {
    secret("a guess", sent);
    await record("GET", `/v1/shares/${share}/manifest`, { headers: { "keyfold-share": toBase64url(sent) } });
  }
  for (let i = 0; i < 12; i++)
    await record("GET", `/v1/shares/${share}/manifest`, { headers: { "keyfold-share": toBase64url(bytesOf(32)) } });

  const meeting = newId();
  const meetingToken = bytesOf(32);
  secret("pairing token", meetingToken);
  await owner.call("POST", "/pairings", { body: { pairing: meeting, tokenHash: toBase64url(hashOf(meetingToken)) } });
  for (const sent of [meetingToken, bytesOf(32)])
    await record("GET", `/v1/pairings/${meeting}`, { headers: { "keyfold-token": toBase64url(sent) } });

  const challenge: Challenge = await owner.challenge();
  secret("nonce", challenge.nonce);
  const answer = owner.answer(challenge) as { signature: string };
  secret("signature", answer.signature);
  await record("POST", `${owner.path}/session`, { body: { ...answer, signature: toBase64url(bytesOf(64)) } });
  await record("POST", `${owner.path}/session`, { body: answer });
  await record("POST", `${owner.path}/session`, { body: answer });
  for (let i = 0; i < 40; i++) await record("POST", `${owner.path}/challenge`, { body: { server: base, scope: "owner" } });

  await record("GET", `${owner.path}/usage`, { headers: { "keyfold-token": `${owner.token}x` } });
  await record("POST", `${owner.path}/log`, { headers: { "keyfold-token": owner.token, "keyfold-at": "2" }, body: bytesOf(300) });
  await record("POST", "/v1/folders", { body: { genesis: toBase64url(bytesOf(64)), readKey: toBase64url(bytesOf(32)) } });
  await record("POST", "/v1/folders", { headers: { "content-type": "application/json" }, body: `{"genesis":"${toBase64url(bytesOf(64))}` });
  await new Owner(record, "https://elsewhere.example").create();

  failing = true;
  const lost = newId();
  await owner.createBlobs({ blob: lost, sealedSize: 1080 });
  const content = bytesOf(1080);
  secret("content", content.subarray(0, 48));
  expect((await owner.put(lost, 0, content)).status).toBe(500);
  expect((await owner.call("GET", `/blobs/${blob}/parts/0`)).status).toBe(500);
  hostFails = true;
  expect((await record("GET", "/v1/folders")).status).toBe(500);
  hostFails = false;
  // The database goes away under it.
  await site.options.database.close();
  expect((await owner.call("GET", "/usage")).status).toBe(500);

  const lines = written.join("\n");
  expect(lines).toContain('"code":"internal"');
  expect(lines).toContain('"code":"rate-limited"');
  expect(lines).toContain('"code":"share-refused"');
  expect(secrets.size).toBeGreaterThan(40);
  for (const [name, value] of secrets) expect(lines.includes(value), name).toBe(false);
});
