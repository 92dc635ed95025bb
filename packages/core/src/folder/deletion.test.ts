import { expect, test, vi } from "vitest";
import { codeOf } from "../../test/code-of.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, memoryStore } from "../index.ts";

vi.setConfig({ testTimeout: 30_000 });

const { devices } = devicesOnServer();

test("a deleted folder is gone: for the device that deleted it, for others, for its key, its links; and nothing of it stays on the device", async () => {
  const store = memoryStore();
  const key = generateKey();
  const folder = await devices.client({ store }).create();
  await folder.lock(key);
  await folder.upload([new File(["text"], "a.txt")]);
  await folder.settled();
  const { link } = await folder.share(["/a.txt"]);
  const other = await devices.client().open(key);

  await folder.deleteFolder();
  expect(folder.state.status).toBe("none");
  expect((await store.keys(`folder/${folder.id}/`)).filter((name) => !name.endsWith("/place"))).toEqual([]);

  await other.refresh().catch(() => undefined);
  expect(other.state.problem?.code).toBe("gone");
  expect(await codeOf(devices.client().open(key))).toBe("gone");
  expect(await codeOf(devices.client().openFolder(folder.id))).toBe("gone");
  expect(await codeOf(devices.client().openShare(link))).toBe("gone");
});

test("what another device has changed since keeps it from being deleted; once that was seen it can be", async () => {
  const key = generateKey();
  const folder = await devices.client({ pollInterval: 3_600_000 }).create();
  await folder.lock(key);
  const other = await devices.client().open(key);
  await other.createDirectory("/new");
  await other.settled();
  expect(await codeOf(folder.deleteFolder())).toBe("conflict");
  expect(folder.state.tree.resolve("/new")).toMatchObject({ name: "new" });
  await folder.deleteFolder();
  expect(await codeOf(devices.client().open(key))).toBe("gone");
});
