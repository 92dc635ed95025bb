import {
  fromBase64url,
  joinPage,
  keyIdOf,
  toBase64url,
  toHex,
  webVerifier,
  type Discovery,
  type FolderState,
} from "@keyfold/core/protocol";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount, statusesOf } from "../../test/mount.ts";
import { newId, newKeyring, newOwner, Owner } from "../../test/owner.ts";

describe("discovery", () => {
  test("names the configured base URL that the request's address belongs to", async () => {
    const { app } = await mount({ origin: ["https://a.example/keyfold", "https://b.example/files"], limits: { quota: 1000 } });
    const at = async (url: string) => (await (await app.request(url)).json()) as Discovery;
    expect((await at("https://a.example/v1")).server).toBe("https://a.example/keyfold");
    const found = await at("http://b.example/v1");
    expect(found).toMatchObject({ protocol: 1, limits: { quota: 1000, partSize: 4194304, maxFileSize: 2 ** 40 } });
    expect(Math.abs(found.time - Date.now() / 1000)).toBeLessThan(5);
  });

  test("behind a proxy that ends TLS, host and path decide", async () => {
    const { app } = await mount({ origin: ["https://a.example", "https://b.example"] });
    expect(((await (await app.request("http://b.example/v1")).json()) as Discovery).server).toBe("https://b.example");
  });
});

describe("folders", () => {
  test("an open folder is made, found by id and by key, and publishes its read key", async () => {
    const { send } = await mount();
    const owner = new Owner(send, base);
    const made = await owner.create();
    expect(made.status).toBe(201);
    const keyId = await keyIdOf(webVerifier(), owner.keyring.keys);
    expect(await made.json()).toEqual({ folder: owner.folder, keyId, epoch: 0, seq: 0, head: toBase64url(owner.position.head) });
    expect(await (await send("GET", owner.path)).json()).toEqual({
      folder: owner.folder,
      epoch: 0,
      keyId,
      open: true,
      readKey: toBase64url(owner.readKey),
    });
    expect(await (await send("GET", `/v1/keys/${keyId}`)).json()).toEqual({ folder: owner.folder, epoch: 0, current: 0 });
  });

  test("made again it is the same one", async () => {
    const { send } = await mount();
    const owner = new Owner(send, base);
    const answers = await Promise.all([owner.create(), owner.create(), owner.create()]);
    expect(statusesOf(answers)).toEqual([200, 200, 201]);
    expect((await owner.create()).status).toBe(200);
  });

  test("a locked folder publishes nothing, and none is taken", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base, 1);
    const state = (await (await send("GET", owner.path)).json()) as FolderState;
    expect(state).toMatchObject({ open: false });
    expect("readKey" in state).toBe(false);
    const other = new Owner(send, base);
    const genesis = toBase64url(joinPage([await other.genesis(1)]));
    expect(await codeOf(await send("POST", "/v1/folders", { body: { genesis, readKey: toBase64url(other.readKey) } }))).toBe("malformed");
    const open = toBase64url(joinPage([await other.genesis(0)]));
    expect(await codeOf(await send("POST", "/v1/folders", { body: { genesis: open } }))).toBe("malformed");
  });

  test("a genesis with another signature, a key of small order, or bytes too many is refused", async () => {
    const { send } = await mount();
    const owner = new Owner(send, base);
    const readKey = toBase64url(owner.readKey);
    const post = async (genesis: Uint8Array<ArrayBuffer>) =>
      codeOf(await send("POST", "/v1/folders", { body: { genesis: toBase64url(genesis), readKey } }));
    const good = joinPage([await owner.genesis()]);
    for (const at of [10, 140, good.length - 1]) {
      const bad = good.slice();
      bad[at]! ^= 1;
      expect(await post(bad)).toBe("bad-signature");
    }
    expect(await post(good.slice(0, -1))).toBe("malformed");
    expect(await post(joinPage([await owner.genesis(), await owner.genesis()]))).toBe("malformed");
    const weak = newKeyring();
    weak.keys.set(new Uint8Array(32).fill(0), 32); // authPub: a point of order 4
    expect(await post(joinPage([await new Owner(send, base, weak).genesis()]))).toBe("bad-signature");
  });

  test("keys that named a folder cannot name another", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    expect(await codeOf(await new Owner(send, base, owner.keyring).create(1))).toBe("malformed");
  });

  test("what is not there is 404, by its own code", async () => {
    const { send } = await mount();
    expect(await codeOf(await send("GET", `/v1/folders/${newId()}`))).toBe("not-found");
    expect(await codeOf(await send("GET", `/v1/keys/${newId()}`))).toBe("unknown-key");
    expect(await codeOf(await send("GET", "/v1/nothing"))).toBe("not-found");
    expect(await codeOf(await send("GET", `/v1/folders/${newId().toUpperCase()}x`))).toBe("not-found");
  });

  test("after a rekey the old key still finds the folder, and learns that its epoch is over", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const oldKey = await keyIdOf(webVerifier(), owner.keyring.keys);
    expect((await owner.rekey()).status).toBe(200);
    expect(await (await send("GET", `/v1/keys/${oldKey}`)).json()).toEqual({ folder: owner.folder, epoch: 0, current: 1 });
    const state = (await (await send("GET", owner.path)).json()) as FolderState;
    expect(state).toEqual({ folder: owner.folder, epoch: 1, keyId: await keyIdOf(webVerifier(), owner.keyring.keys), open: false });
    expect(toHex(fromBase64url(toBase64url(owner.position.keys)))).toBe(toHex(owner.keyring.keys));
  });
});

describe("the host's own rule", () => {
  test("is asked first, is told what is wanted, and may answer itself", async () => {
    const seen: string[] = [];
    const { send } = await mount({
      authorize: (request, { action, folder }) => {
        seen.push(`${action} ${folder === undefined ? "" : "folder"}`.trim());
        if (request.headers.get("authorization") === "slow down") return new Response("later", { status: 429 });
        return request.headers.get("authorization") === "yes";
      },
    });
    const id = newId();
    expect((await send("GET", "/v1")).status).toBe(200);
    expect(await codeOf(await send("GET", `/v1/folders/${id}`))).toBe("refused");
    expect((await send("GET", `/v1/folders/${id}`, { headers: { authorization: "slow down" } })).status).toBe(429);
    expect(await codeOf(await send("GET", `/v1/folders/${id}`, { headers: { authorization: "yes" } }))).toBe("not-found");
    await send("POST", "/v1/folders");
    await send("POST", `/v1/folders/${id}/session`);
    await send("GET", `/v1/folders/${id}/log`);
    await send("PUT", `/v1/folders/${id}/blobs/${id}/parts/0`);
    expect(seen.slice(3)).toEqual(["create", "sign-in folder", "read folder", "write folder"]);
  });
});
