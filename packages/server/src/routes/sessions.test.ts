import { type Challenge } from "@keyfold/core/protocol";
import { Hono } from "hono";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount, sendBy, statusesOf } from "../../test/mount.ts";
import { bytesOf, newKeyring, newOwner, Owner } from "../../test/owner.ts";
import { keyfold } from "../app.ts";
import { serverKeys } from "../session/keys.ts";

const session = (owner: Owner, body: object) => owner.call("POST", "/session", { body });

describe("challenges", () => {
  test("are answered under a configured base URL alone", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    for (const server of ["https://evil.example/keyfold", `${base}/`, "http://localhost", `${base}/x`]) {
      const answer = await owner.call("POST", "/challenge", { body: { server, scope: "owner" } });
      expect(["wrong-server", "malformed"]).toContain(await codeOf(answer));
    }
    // Nor does a session come of a challenge that was answered under another name.
    const challenge = await owner.challenge();
    expect(await codeOf(await session(owner, owner.answer({ ...challenge, server: "https://evil.example" })))).toBe("wrong-server");
  });

  test("a Host header talks no server into another name", async () => {
    const { app } = await mount({ origin: undefined });
    const send = sendBy((url, init) => Promise.resolve(app.request(url, init)), "http://192.168.1.66:8787");
    const owner = new Owner(send, "http://192.168.1.66:8787");
    expect((await owner.create()).status).toBe(201);
    const body = { server: "http://192.168.1.66:8787", scope: "owner" };
    expect(await codeOf(await send("POST", `${owner.path}/challenge`, { body, headers: { host: "192.168.1.66:8787" } }))).toBe(
      "wrong-server",
    );
    const loopback = await send("POST", `${owner.path}/challenge`, { body: { server: "http://127.0.0.1:5173/keyfold", scope: "owner" } });
    expect(loopback.status).toBe(200);
  });

  test("expire after two minutes, and are good once", async () => {
    const { send, wait } = await mount();
    const owner = await newOwner(send, base);
    const late = await owner.challenge();
    wait(120_000);
    expect(await codeOf(await session(owner, owner.answer(late)))).toBe("challenge-refused");
    const once = owner.answer(await owner.challenge());
    const answers = await Promise.all([1, 2, 3, 4].map(() => session(owner, once)));
    expect(statusesOf(answers)).toEqual([200, 401, 401, 401]);
    expect(await codeOf(await session(owner, once))).toBe("challenge-refused");
  });

  test("with any value changed are not this server's", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const challenge = await owner.challenge("read");
    const nonce = `${challenge.nonce.slice(0, 20)}${challenge.nonce[20] === "A" ? "B" : "A"}${challenge.nonce.slice(21)}`;
    const changed: Challenge[] = [
      { ...challenge, nonce },
      { ...challenge, expires: challenge.expires + 1 },
      { ...challenge, scope: "owner" },
      { ...challenge, epoch: 1 },
    ];
    for (const one of changed) expect(await codeOf(await session(owner, owner.answer(one)))).toBe("challenge-refused");
    const other = await newOwner(send, base);
    expect(await codeOf(await session(other, other.answer(challenge)))).toBe("challenge-refused");
  });

  test("another server's challenge, or one of before the secret changed, is refused", async () => {
    const { send, options } = await mount();
    const owner = await newOwner(send, base);
    const challenge = await owner.challenge();
    const twin = keyfold({ ...options, secret: "another secret of thirty-two bytes" });
    const toTwin = sendBy((url, init) => Promise.resolve(twin.request(url.replace("/keyfold", ""), init)), base);
    expect(await codeOf(await toTwin("POST", `${owner.path}/session`, { body: owner.answer(challenge) }))).toBe("challenge-refused");
  });

  test("a signature by any other key is refused, and does not use the nonce up", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const challenge = await owner.challenge();
    expect(await codeOf(await session(owner, owner.answer(challenge, newKeyring())))).toBe("signature-refused");
    // The reader's key does not open an owner's session.
    expect(await codeOf(await session(owner, owner.answer(challenge, { ...owner.keyring, auth: owner.keyring.readAuth })))).toBe(
      "signature-refused",
    );
    expect((await session(owner, owner.answer(challenge))).status).toBe(200);
  });

  test("an answer to a challenge of before a rekey: the epoch is over", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const challenge = await owner.challenge();
    const keyring = owner.keyring;
    expect((await owner.rekey()).status).toBe(200);
    const answer = await session(owner, owner.answer(challenge, keyring));
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "epoch-over", epoch: 1 });
  });
});

describe("tokens", () => {
  test("are good for fifteen minutes", async () => {
    const { send, wait } = await mount();
    const owner = await newOwner(send, base);
    wait(899_000);
    expect((await owner.call("GET", "/usage")).status).toBe(200);
    wait(2_000);
    expect(await codeOf(await owner.call("GET", "/usage"))).toBe("token-refused");
  });

  test("of another folder, another epoch, a reader: each is told apart", async () => {
    const { send } = await mount();
    const [owner, other] = [await newOwner(send, base), await newOwner(send, base)];
    expect(await codeOf(await other.call("GET", "/usage", { headers: { "keyfold-token": owner.token } }))).toBe("token-refused");
    await owner.signIn("read");
    expect((await owner.call("GET", "/log?from=0")).status).toBe(200);
    for (const [method, path] of [
      ["POST", "/log"],
      ["POST", "/rekey"],
      ["POST", "/blobs"],
      ["POST", "/blobs/discard"],
      ["POST", "/parts"],
    ] as const) {
      expect(await codeOf(await owner.call(method, path, { headers: { "keyfold-at": "1" } }))).toBe("read-only");
    }
    await owner.signIn();
    expect((await owner.rekey()).status).toBe(200);
    const over = await owner.call("GET", "/usage");
    expect(over.status).toBe(401);
    expect(over.headers.get("keyfold-epoch")).toBe("1");
    expect(await over.json()).toMatchObject({ code: "epoch-over", epoch: 1 });
  });

  test("that this server has not signed as session tokens are refused", async () => {
    const { send, options } = await mount();
    const owner = await newOwner(send, base);
    const keys = await serverKeys(options.secret);
    const jwt = (alg: string) =>
      new SignJWT({ epoch: 0, scope: "owner" })
        .setProtectedHeader({ alg })
        .setSubject(owner.folder)
        .setAudience("keyfold/session")
        .setExpirationTime("5m");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${owner.token.split(".")[1]}.`;
    const [head, claims, signature] = owner.token.split(".") as [string, string, string];
    const raised = Buffer.from(
      JSON.stringify({ ...(JSON.parse(Buffer.from(claims, "base64url").toString()) as object), exp: 9e9 }),
    ).toString("base64url");
    const forged = [
      "",
      "x",
      unsigned,
      `${head}.${raised}.${signature}`,
      await jwt("HS256").sign(keys.challenge), // the other derived key
      await jwt("HS256").sign(bytesOf(32)),
      await new SignJWT({ epoch: 0, scope: "admin" })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(owner.folder)
        .setAudience("keyfold/session")
        .setExpirationTime("5m")
        .sign(keys.token),
      await new SignJWT({ epoch: 0, scope: "owner" })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(owner.folder)
        .setExpirationTime("5m")
        .sign(keys.token), // no audience
    ];
    for (const token of forged)
      expect(await codeOf(await owner.call("GET", "/usage", { headers: { "keyfold-token": token } }))).toBe("token-refused");
    const good = await jwt("HS256").sign(keys.token);
    expect((await owner.call("GET", "/usage", { headers: { "keyfold-token": good } })).status).toBe(200);
  });
});

test("mounted in a host's app, errors are Keyfold's inside the mount and the host's outside", async () => {
  const { options } = await mount();
  const app = new Hono().route("/keyfold", keyfold(options)).get("/", (c) => c.text("home"));
  app.notFound((c) => c.text("nothing", 404));
  app.onError((_, c) => c.text("the host's", 500));
  expect(await codeOf(await app.request("http://localhost/keyfold/v1/keys/x"))).toBe("not-found");
  expect(await (await app.request("/elsewhere")).text()).toBe("nothing");
  expect(await (await app.request("/keyfold/unknown.js")).text()).toBe("nothing");
  const send = sendBy((url, init) => Promise.resolve(app.request(url, init)), base);
  const owner = await newOwner(send, base);
  const appended = await owner.append();
  expect(appended.status).toBe(200);
  expect(Object.fromEntries(appended.headers)).toMatchObject({
    "cache-control": "no-store",
    "keyfold-epoch": "0",
    "keyfold-seq": "1",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
  });
});

test("without a secret one is drawn once and kept in the database: all processes take each other's tokens", async () => {
  const { options } = await mount();
  const twins = [1, 2, 3].map(() => keyfold({ ...options, secret: undefined }));
  const sends = twins.map((app) => sendBy((url, init) => Promise.resolve(app.request(url.replace("/keyfold", ""), init)), base));
  const owners = await Promise.all(sends.map((send) => newOwner(send, base)));
  for (const owner of owners) {
    for (const send of sends)
      expect((await send("GET", `${owner.path}/usage`, { headers: { "keyfold-token": owner.token } })).status).toBe(200);
  }
  expect(() => keyfold({ ...options, secret: "short" })).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});
