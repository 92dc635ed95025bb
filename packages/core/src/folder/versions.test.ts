import { describe, expect, test } from "vitest";
import { namesIn, outline, passedOn, until } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, type Folder } from "../index.ts";

const { devices } = devicesOnServer();

async function pair() {
  const [a, b] = (await devices.locked(2)).folders;
  return { a, b };
}

const file = (text: string, lastModified = 1_700_000_000_000) => new File([text], "f.txt", { type: "text/plain", lastModified });
const replacing = { conflict: "replace" } as const;

/** The texts of all versions, as `versions` lists them. */
function texts(folder: Folder, path = "/f.txt"): Promise<string[]> {
  return Promise.all(folder.versions(path).map(async ({ blob }) => (await folder.download(path, { version: blob })).text()));
}

describe("versions", () => {
  test("come with each upload of the same name that replaces, from any device, the current one first", async () => {
    const { a, b } = await pair();
    await a.upload([file("one", 1)]);
    await b.refresh();
    await b.upload([file("two!", 2)], replacing);
    await passedOn(b, a);
    const listed = a.versions("/f.txt");
    expect(namesIn(a)).toEqual(["f.txt"]);
    expect(listed).toMatchObject([
      { size: 4, type: "text/plain", modified: 2, current: true, exposed: false, came: { here: false } },
      { size: 3, type: "text/plain", modified: 1, current: false, exposed: false, came: { here: true } },
    ]);
    expect(b.versions("/f.txt").map(({ came }) => came?.here)).toEqual([true, false]);
    expect(Math.abs(listed[0]!.came!.at - Date.now())).toBeLessThan(60_000);
    expect(await texts(a)).toEqual(["two!", "one"]);
    expect(a.versions({ node: (await a.createDirectory("/d")).id })).toEqual([]);
    expect(() => a.versions("/nothing")).toThrow(expect.objectContaining({ code: "not-found" }));
  });

  test("are read in ranges, and brought back as the current one, on every device", async () => {
    const { a, b } = await pair();
    await a.upload([file("one two three")]);
    await a.upload([file("four")], replacing);
    await passedOn(a, b);
    const [, earlier] = b.versions("/f.txt");
    const range = b.stream("/f.txt", { version: earlier!.blob, start: 4, end: 7 });
    expect(await new Response(range).text()).toBe("two");
    await b.revert("/f.txt", earlier!.blob);
    await passedOn(b, a);
    expect(await texts(a)).toEqual(["one two three", "four"]);
    expect(await (await a.download("/f.txt")).text()).toBe("one two three");
  });

  test("fifty of them stay, across a lock that seals all of them anew, and can still be brought back", async () => {
    const folder = await devices.using(devices.client().create());
    await folder.upload([file("version 0")]);
    for (let i = 1; i < 50; i++) await folder.upload([file(`version ${i}`)], replacing);
    const before = folder.versions("/f.txt");
    expect(before).toHaveLength(50);
    const key = generateKey();
    await folder.lock(key);
    expect(folder.versions("/f.txt").every(({ exposed }) => exposed)).toBe(true);
    await until(folder, () => folder.state.exposed.remaining === 0);
    await folder.settled();

    const after = folder.versions("/f.txt");
    const unsealed = new Set(before.map(({ blob }) => blob));
    expect(after.some(({ blob, exposed }) => exposed || unsealed.has(blob))).toBe(false);
    // Sealed anew they are what they were, and came when they came.
    expect(after.map(({ came }) => came)).toEqual(before.map(({ came }) => came));

    const other = await devices.using(devices.client().open(key));
    const expected = Array.from({ length: 50 }, (_, i) => `version ${49 - i}`);
    expect(await texts(other)).toEqual(expected);
    expect(other.versions("/f.txt").every(({ came }) => came === null)).toBe(true);
    await other.revert("/f.txt", other.versions("/f.txt")[49]!.blob);
    await passedOn(other, folder);
    expect(await (await folder.download("/f.txt")).text()).toBe("version 0");
    expect(folder.versions("/f.txt")).toHaveLength(50);
  }, 60_000);

  test("earlier ones are deleted for ever, the current one never", async () => {
    const { a, b } = await pair();
    for (const text of ["one", "two", "three", "four"]) await a.upload([file(text)], replacing);
    await passedOn(a, b);
    const [current, three, two, one] = a.versions("/f.txt").map(({ blob }) => blob);
    await expect(a.deleteVersions("/f.txt", [one!, current!])).rejects.toMatchObject({ code: "invalid-argument", reason: "current" });
    await expect(a.deleteVersions("/f.txt", ["0".repeat(32)])).rejects.toMatchObject({ code: "not-found" });
    await a.deleteVersions("/f.txt", []);
    expect(a.versions("/f.txt")).toHaveLength(4);
    await a.deleteVersions("/f.txt", [one!, three!]);
    await passedOn(a, b);
    expect(b.versions("/f.txt").map(({ blob }) => blob)).toEqual([current, two]);
    await expect(b.download("/f.txt", { version: one! })).rejects.toMatchObject({ code: "not-found" });
    await expect(b.revert("/f.txt", three!)).rejects.toMatchObject({ code: "not-found" });
    expect(await texts(b)).toEqual(["four", "two"]);
  });

  test("that another device made the current one meanwhile is not deleted", async () => {
    const { a, b } = await pair();
    for (const text of ["one", "two", "three"]) await a.upload([file(text)], replacing);
    await passedOn(a, b);
    const [, two, one] = a.versions("/f.txt").map(({ blob }) => blob);
    await b.revert("/f.txt", one!);
    await b.settled();
    await a.deleteVersions("/f.txt", [two!, one!]);
    await passedOn(a, b);
    expect(outline(a)).toEqual(outline(b));
    expect(await texts(a)).toEqual(["one", "three"]);
  });
});
