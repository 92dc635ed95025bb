import { connect } from "node:net";
import { bundleParts, clearIds, concat, encodeClear, entrySize, joinPage, largestSealedSize, toHex, u32 } from "@keyfold/core/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { base, codeOf, mount, temporaryFolder, type Send, type TestMount } from "../../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner, Owner } from "../../test/owner.ts";
import { serve } from "../node.ts";
import { limitsOf } from "./limits.ts";

/** Who is signed in with the host is in a header that a test sets. */
const bySubject = (request: Request): { subject: string } | boolean => {
  const subject = request.headers.get("x-user");
  return subject === null ? true : { subject };
};

/** As somebody whom the host knows. */
function as(subject: string, { send }: TestMount): Send {
  return (method, path, init = {}) => send(method, path, { ...init, headers: { ...init.headers, "x-user": subject } });
}

describe("limits that a host sets", () => {
  test("are whole numbers of known names", () => {
    expect(limitsOf()).toMatchObject({ quota: 5 * 1024 ** 3, openBlobs: 100_000, shares: 1000, folders: Infinity, bodySeconds: 300 });
    expect(limitsOf({ maxFileSize: 2 ** 50 }).maxFileSize).toBe(largestSealedSize);
    const wrong = [
      { quota: -1 },
      { quota: 1.5 },
      { quota: Infinity },
      { quota: Number.NaN },
      { shares: "3" },
      { bodySeconds: 0 },
      { headerSeconds: 3e6 },
      { others: 1 },
    ];
    for (const limits of wrong) expect(() => limitsOf(limits as object), JSON.stringify(limits)).toThrow(/limit/);
    expect(limitsOf({ folders: 0, openBlobs: Infinity })).toMatchObject({ folders: 0, openBlobs: Infinity });
  });

  test("quota: a folder is filled to the byte, and no byte beyond", async () => {
    const { send } = await mount({ limits: { quota: 3000 } });
    const owner = await newOwner(send, base);
    expect((await owner.createBlobs({ blob: newId(), sealedSize: 1080 })).status).toBe(200);
    expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 1921 }))).toBe("quota");
    expect((await owner.createBlobs({ blob: newId(), sealedSize: 1920 })).status).toBe(200);
    expect(await owner.used()).toBe(3000);
    expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 56 }))).toBe("quota");
  });

  test("file size: the largest goes, one above it does not", async () => {
    const { send } = await mount({ limits: { maxFileSize: 1080 } });
    const owner = await newOwner(send, base);
    expect((await owner.createBlobs({ blob: newId(), sealedSize: 1080 })).status).toBe(200);
    expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 1081 }))).toBe("sealed-size");
  });

  test("open blobs: as many as may be, then it waits, and once some are filed there is room", async () => {
    const { send } = await mount({ limits: { openBlobs: 3 } });
    const owner = await newOwner(send, base);
    const blob = await owner.upload();
    expect((await owner.createBlobs(...[newId(), newId()].map((id) => ({ blob: id, sealedSize: 1080 })))).status).toBe(200);
    const refused = await owner.createBlobs({ blob: newId(), sealedSize: 1080 });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "15"]);
    expect(await codeOf(refused)).toBe("rate-limited");
    expect(await owner.used()).toBe(3 * 1080);
    expect((await owner.append({ added: [blob] })).status).toBe(200);
    expect((await owner.createBlobs({ blob: newId(), sealedSize: 1080 })).status).toBe(200);
    expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 1080 }))).toBe("rate-limited");
  });

  test("open blobs: of many at once no more get in", async () => {
    const { send } = await mount({ limits: { openBlobs: 5 } });
    const owner = await newOwner(send, base);
    const answers = await Promise.all(Array.from({ length: 20 }, () => owner.createBlobs({ blob: newId(), sealedSize: 1080 })));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(5);
    expect(await owner.used()).toBe(5 * 1080);
  });

  test("shares: as many as may be; one that ends makes room", async () => {
    const { send } = await mount({ limits: { shares: 2 } });
    const owner = await newOwner(send, base);
    const ids = [newId(), newId(), newId()];
    const tokenHash = bytesOf(32);
    expect((await owner.publish(ids[0]!)).status).toBe(200);
    expect((await owner.publish(ids[1]!, { tokenHash })).status).toBe(200);
    expect(await codeOf(await owner.publish(ids[2]!))).toBe("too-large");
    expect((await owner.publish(ids[1]!, { version: 2, tokenHash })).status).toBe(200);
    expect((await owner.call("DELETE", `/shares/${ids[0]}`)).status).toBe(204);
    expect((await owner.publish(ids[2]!)).status).toBe(200);
  });

  test("folders of the server: as many as may be, and those that are there stay usable", async () => {
    const { send } = await mount({ limits: { folders: 2 } });
    const owner = await newOwner(send, base);
    await newOwner(send, base);
    expect(await codeOf(await new Owner(send, base).create())).toBe("refused");
    expect((await owner.create()).status).toBe(200);
    expect((await owner.append()).status).toBe(200);
  });

  test("folders of one of the host's users: as many as may be; others are not concerned, nor are nobody's folders", async () => {
    const site = await mount({ limits: { foldersPerSubject: 2 }, authorize: bySubject });
    const [anna, ben] = [as("anna", site), as("ben", site)];
    await newOwner(anna, base);
    const second = await newOwner(anna, base);
    expect(await codeOf(await new Owner(anna, base).create())).toBe("refused");
    expect((await second.create()).status).toBe(200);
    await newOwner(ben, base);
    for (let i = 0; i < 3; i++) await newOwner(site.send, base);
    const answers = await Promise.all(Array.from({ length: 6 }, () => new Owner(ben, base).create()));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test("quota of one of the host's users: counted over all of their folders, whoever writes to them", async () => {
    const site = await mount({ limits: { subjectQuota: 3240 }, authorize: bySubject });
    const [anna, ben] = [as("anna", site), as("ben", site)];
    const first = await newOwner(anna, base);
    const second = await newOwner(anna, base);
    const others = await newOwner(ben, base);
    const blob = await first.upload();
    await second.upload();
    // What a folder shows is what it may still come to.
    expect(await (await first.call("GET", "/usage")).json()).toEqual({ used: 1080, quota: 2160, blobs: 1 });
    expect(await (await others.call("GET", "/usage")).json()).toEqual({ used: 0, quota: 3240, blobs: 0 });
    expect((await second.createBlobs({ blob: newId(), sealedSize: 1080 })).status).toBe(200);
    const refused = await first.createBlobs({ blob: newId(), sealedSize: 1080 });
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({ code: "quota", used: 3240, quota: 3240, needed: 1080 });
    // Neither by another of the host's users, nor after the folder has left the list.
    expect((await anna("DELETE", `${first.path}/subject`)).status).toBe(204);
    const body = { blobs: [{ blob: newId(), sealedSize: 1080 }] };
    expect(await codeOf(await ben("POST", `${first.path}/blobs`, { headers: { "keyfold-token": first.token }, body }))).toBe("quota");
    expect((await others.createBlobs({ blob: newId(), sealedSize: 1080 })).status).toBe(200);
    expect((await first.call("POST", "/blobs/discard", { body: { blobs: [blob] } })).status).toBe(204);
    expect((await second.createBlobs({ blob: newId(), sealedSize: 1080 })).status).toBe(200);
  });

  test("quota of one of the host's users: of many folders at once no more gets in", async () => {
    const site = await mount({ limits: { subjectQuota: 4 * 1080 }, authorize: bySubject });
    const anna = as("anna", site);
    const owners = await Promise.all(Array.from({ length: 8 }, () => newOwner(anna, base)));
    const answers = await Promise.all(owners.map((owner) => owner.createBlobs({ blob: newId(), sealedSize: 1080 })));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(4);
  });
});

describe("limits of the protocol", () => {
  test("an entry: 256 KiB of what is sealed, and no byte more", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    expect((await owner.append({ sealed: bytesOf(entrySize) })).status).toBe(200);
    const clear = encodeClear({ added: [], dropped: [], consumed: [] });
    const record = concat(new Uint8Array([1]), u32(clear.length), clear, u32(entrySize + 1), bytesOf(entrySize + 1), bytesOf(64));
    const headers = { "keyfold-at": String(owner.position.seq + 1) };
    const refused = await owner.call("POST", "/log", { headers, body: concat(u32(record.length), record) });
    expect(await codeOf(refused)).toBe("malformed");
    const page = joinPage([bytesOf(entrySize + 20_000)]);
    expect(await codeOf(await owner.call("POST", "/log", { headers, body: page }))).toBe("too-large");
    expect((await owner.append()).status).toBe(200);
  });

  test("ids in an entry: 1,000, and not one more", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const dropped = Array.from({ length: clearIds }, (_, i) => toHex(hashOf(new Uint8Array([i & 255, i >> 8])).subarray(0, 16)));
    expect((await owner.append({ dropped })).status).toBe(200);
    await expect(owner.entry({ dropped: [...dropped, newId()] })).rejects.toMatchObject({ code: "too-large" });
  });

  test("a bundle: 256 parts, and not one more", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const wanted = (count: number) =>
      owner.call("POST", "/parts/read", { body: { parts: Array.from({ length: count }, () => [newId(), 0]) } });
    expect((await wanted(bundleParts)).status).toBe(200);
    expect(await codeOf(await wanted(bundleParts + 1))).toBe("malformed");
  });

  test("blobs in a request: 90, and not one more", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const list = (count: number) => Array.from({ length: count }, () => ({ blob: newId(), sealedSize: 1080 }));
    expect((await owner.createBlobs(...list(90))).status).toBe(200);
    expect(await codeOf(await owner.createBlobs(...list(91)))).toBe("malformed");
  });
});

describe("a JSON body", () => {
  const json = { "content-type": "application/json" };
  const challenge = async () => {
    const site = await mount();
    const owner = await newOwner(site.send, base);
    const send = (body: string, headers: Record<string, string> = json) => site.send("POST", `${owner.path}/challenge`, { headers, body });
    return { send, valid: JSON.stringify({ server: base, scope: "read" }) };
  };

  test("has 64 KiB at most", async () => {
    const { send, valid } = await challenge();
    expect((await send(valid.padEnd(65_536))).status).toBe(200);
    expect(await codeOf(await send(valid.padEnd(65_537)))).toBe("too-large");
  });

  test("is eight deep at most, however it tries", async () => {
    const { send, valid } = await challenge();
    const deep = (depth: number) => `${valid.slice(0, -1)},"more":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    expect((await send(deep(8))).status).toBe(200);
    expect(await codeOf(await send(deep(9)))).toBe("malformed");
    expect(await codeOf(await send("[".repeat(60_000)))).toBe("malformed");
    expect(await codeOf(await send(`"${'\\"'.repeat(30_000)}`))).toBe("malformed");
    expect((await send(`${valid.slice(0, -1)},"more":"${"[".repeat(20)}\\"${"{".repeat(20)}"}`)).status).toBe(200);
  });

  test("says that it is JSON", async () => {
    const { send, valid } = await challenge();
    expect((await send(valid, { "content-type": "application/json; charset=utf-8" })).status).toBe(200);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"]) {
      expect(await codeOf(await send(valid, { "content-type": type })), type).toBe("malformed");
    }
  });
});

describe("time", () => {
  /** Everything that comes back on a connection until it is closed. */
  function exchange(port: number, ...pieces: string[]): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let text = "";
    const socket = connect(port, "127.0.0.1", () => pieces.forEach((piece) => socket.write(piece)));
    socket
      .on("data", (data) => (text += data.toString()))
      .on("close", () => resolve(text))
      .on("error", reject);
    return promise;
  }
  const served = async (limits: object) => {
    const server = await serve({
      port: 0,
      dataDir: await temporaryFolder(),
      assets: false,
      maintainEvery: false,
      limits,
      log: () => undefined,
    });
    onTestFinished(() => server.close({ graceMs: 0 }));
    return server;
  };
  const head = (length: number) =>
    `POST /keyfold/v1/folders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n`;

  test("a body that does not come is answered, and its connection closed", async () => {
    const { port } = await served({ bodySeconds: 1 });
    const answer = await exchange(port, `${head(100)}\r\n`, "{");
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"too-slow"');
    expect(answer).toMatch(/connection: close/i);
  });

  test("a body in pieces that comes in time is read", async () => {
    const { port } = await served({ bodySeconds: 300 });
    const body = '{"genesis":        0}';
    const answer = await exchange(port, `${head(body.length)}Connection: close\r\n\r\n`, ...body.split(""));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"malformed"');
  });

  test("headers that do not come end the connection", async () => {
    const { port } = await served({ headerSeconds: 1 });
    expect(await exchange(port, "GET /keyfold/v1 HTTP/1.1\r\nHost: x\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("a stream that stands still is given up where there is no socket, too", async () => {
    const { app } = await mount({ limits: { bodySeconds: 1 } });
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
    const answer = await app.request("/v1/folders", init);
    expect(await codeOf(answer)).toBe("too-slow");
  });
});
