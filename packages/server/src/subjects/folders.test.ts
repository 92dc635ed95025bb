import type { HostFolders } from "@keyfold/core/protocol";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount, type Send, type TestMount } from "../../test/mount.ts";
import { newOwner, Owner } from "../../test/owner.ts";
import type { KeyfoldOptions, Verdict } from "../options.ts";

/** Who is signed in with the host is in a header that a test sets. */
const authorize = (request: Request): Verdict => {
  const subject = request.headers.get("x-user");
  return subject === null ? true : { subject: decodeURIComponent(subject) };
};

const site = (options: Partial<KeyfoldOptions> = {}): Promise<TestMount> => mount({ authorize, ...options });

function as(user: string, { send }: TestMount): Send {
  return (method, path, init = {}) => send(method, path, { ...init, headers: { ...init.headers, "x-user": encodeURIComponent(user) } });
}

async function list(send: Send): Promise<HostFolders["folders"]> {
  const answer = await send("GET", "/v1/folders");
  expect(answer.status).toBe(200);
  return ((await answer.json()) as HostFolders).folders;
}

/** The same folder, with requests sent another way. */
function through(send: Send, owner: Owner): Owner {
  const same = new Owner(send, base, owner.keyring);
  same.position = owner.position;
  same.token = owner.token;
  return same;
}

describe("somebody whom the host knows", () => {
  test("finds the folders again that they made: id, times, size, and nothing else", async () => {
    const mounted = await site();
    const [anna, ben] = [as("anna", mounted), as("ben", mounted)];
    expect(await list(anna)).toEqual([]);
    const first = await newOwner(anna, base);
    mounted.wait(5000);
    const second = await newOwner(anna, base, 1);
    await newOwner(ben, base);
    await newOwner(mounted.send, base);
    expect((await list(anna)).map(({ folder }) => folder)).toEqual([second.folder, first.folder]);

    mounted.wait(60_000);
    const blob = await first.upload();
    await first.append({ added: [blob] });
    const [changed, other] = await list(anna);
    expect(Object.keys(changed!).toSorted()).toEqual(["changed", "created", "folder", "used"]);
    expect(changed).toMatchObject({ folder: first.folder, used: 1080 });
    expect(changed!.changed - changed!.created).toBeGreaterThanOrEqual(65);
    expect(other).toMatchObject({ folder: second.folder, used: 0 });
    expect(other!.changed).toBe(other!.created);
    expect(await list(ben)).toHaveLength(1);
  });

  test("finds a folder that they wrote to with its key, though it was made by nobody", async () => {
    const mounted = await site();
    const anna = as("anna", mounted);
    const owner = through(anna, await newOwner(mounted.send, base));
    expect((await owner.call("GET", "/usage")).status).toBe(200);
    expect(await list(anna)).toEqual([]);
    expect((await owner.append()).status).toBe(200);
    expect((await list(anna)).map(({ folder }) => folder)).toEqual([owner.folder]);
  });

  test("does not see a folder that they only asked about, or tried to write to without its key", async () => {
    const mounted = await site();
    const eve = as("eve", mounted);
    const owner = await newOwner(mounted.send, base);
    const reader = through(eve, owner);
    await eve("GET", owner.path);
    reader.token = await owner.signIn("read");
    expect(await codeOf(await reader.append())).toBe("read-only");
    expect(await codeOf(await eve("POST", `${owner.path}/log`))).toBe("token-refused");
    expect(await list(eve)).toEqual([]);
  });

  test("takes a folder out of the list, and it comes back when they write to it", async () => {
    const mounted = await site();
    const [anna, ben] = [as("anna", mounted), as("ben", mounted)];
    const owner = await newOwner(anna, base);
    await through(ben, owner).append();
    expect((await anna("DELETE", `${owner.path}/subject`)).status).toBe(204);
    expect(await list(anna)).toEqual([]);
    expect(await list(ben)).toHaveLength(1);
    expect((await anna("DELETE", `${owner.path}/subject`)).status).toBe(204);
    await owner.upload();
    expect(await list(anna)).toHaveLength(1);
  });

  test("is the same one in another process, and after a restart", async () => {
    const first = await site();
    const owner = await newOwner(as("anna", first), base);
    const second = await mount({ authorize }, first.directory);
    expect((await list(as("anna", second))).map(({ folder }) => folder)).toEqual([owner.folder]);
  });

  test("of many first writes at once is remembered once, and one of several users holds the folder", async () => {
    const mounted = await site();
    const owner = await newOwner(mounted.send, base);
    await Promise.all(["anna", "ben", "eve", "anna"].map((user) => through(as(user, mounted), owner).upload()));
    for (const user of ["anna", "ben", "eve"]) expect(await list(as(user, mounted))).toHaveLength(1);
    const rows = await mounted.options.database.query.selectFrom("folder_subject").select("holder").execute();
    expect(rows).toHaveLength(3);
    expect(rows.filter(({ holder }) => holder === 1)).toHaveLength(1);
  });
});

describe("a subject", () => {
  test("has 1 to 255 bytes; another is the host's mistake, and nobody is let in by it", async () => {
    const mounted = await site();
    const ü = "ü";
    expect(await list(as("a".repeat(255), mounted))).toEqual([]);
    expect(await list(as(ü.repeat(127), mounted))).toEqual([]);
    for (const user of ["a".repeat(256), ü.repeat(128)]) {
      const refused = await as(user, mounted)("GET", "/v1/folders");
      expect([refused.status, await codeOf(refused)]).toEqual([500, "internal"]);
    }
    const empty = await mount({ authorize: () => ({ subject: "" }) });
    expect((await empty.send("GET", "/v1/folders")).status).toBe(500);
    expect(mounted.lines.map((line) => JSON.stringify(line)).join()).not.toMatch(/aaaa|ü/);
  });

  test("lies in the database as a keyed hash: another secret makes another", async () => {
    const mounted = await site();
    await newOwner(as("anna@example.org", mounted), base);
    const rows = await mounted.options.database.query.selectFrom("folder_subject").selectAll().execute();
    expect(rows[0]!.subject).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify(rows)).not.toContain("anna");
    const other = await mount({ authorize, secret: "another secret of at least thirty-two bytes" }, mounted.directory);
    expect(await list(as("anna@example.org", other))).toEqual([]);
  });
});

describe("the host's rule", () => {
  test("that names nobody leaves the list closed", async () => {
    for (const options of [{}, { authorize: () => true }]) {
      const { send } = await mount(options);
      expect(await codeOf(await send("GET", "/v1/folders"))).toBe("refused");
      expect(await codeOf(await send("DELETE", `/v1/folders/${"0".repeat(32)}/subject`))).toBe("refused");
    }
  });

  test("guards each route, by what is wanted", async () => {
    const asked: string[] = [];
    const { send } = await mount({ authorize: (_request, { action }) => (asked.push(action), action !== "list") });
    expect(await codeOf(await send("GET", "/v1/folders"))).toBe("refused");
    const owner = await newOwner(send, base);
    await owner.append();
    await owner.call("GET", "/usage");
    await send("GET", `/v1/shares/${"0".repeat(32)}`);
    await send("GET", owner.path);
    expect(asked).toEqual(["list", "create", "sign-in", "sign-in", "write", "read", "open-share", "look-up"]);
  });

  test("may answer itself, or later", async () => {
    const { send } = await mount({ authorize: async () => new Response("Sign in.", { status: 302, headers: { location: "/login" } }) });
    const answer = await send("POST", "/v1/folders", { body: {} });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/login"]);
  });

  test("a folder that vanishes takes its users with it", async () => {
    const mounted = await site();
    await newOwner(as("anna", mounted), base);
    mounted.wait(25 * 3600 * 1000);
    await mounted.app.maintain();
    expect(await mounted.options.database.query.selectFrom("folder_subject").selectAll().execute()).toEqual([]);
  });
});
