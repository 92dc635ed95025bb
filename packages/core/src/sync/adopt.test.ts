import { expect, test, vi } from "vitest";
import { backupsOf } from "../../test/backup.ts";
import { devicesOnEmptyServer } from "../../test/devices-on-server.ts";
import { make, namesIn } from "../../test/devices.ts";
import { TestFolder } from "../../test/transfer-folder.ts";
import { generateKey } from "../index.ts";

// Servers are stopped and started.
vi.setConfig({ testTimeout: 60_000 });

const { devices, server } = devicesOnEmptyServer();
const backups = backupsOf(server);

test("a history in which a locked folder is open again is adopted by nobody, not even with the key of that time", async () => {
  const { root } = await TestFolder.create(server);
  const folder = await devices.using(devices.client().open(root));
  await make(folder, "before");
  const open = await backups.backUp();
  const key = generateKey();
  await folder.lock(key);
  await make(folder, "after");
  const locked = await backups.backUp();

  await backups.restore(open);
  // It goes on from there, so nothing can be given back to it.
  await make(await devices.using(devices.client().open(root)), "theirs");
  await expect(folder.refresh()).rejects.toMatchObject({ code: "rolled-back" });
  await folder.signIn(root);
  const problem = { code: "forked", remedy: "adopt" };
  expect(folder.state.problem).toMatchObject(problem);
  await expect(folder.adopt()).rejects.toMatchObject({ code: "rolled-back", reason: "open-again" });
  expect(folder.state.problem).toMatchObject(problem);

  // Nothing was taken over from there: once the server has its own again, all goes on as before.
  await backups.restore(locked);
  await folder.signIn(key);
  await folder.refresh();
  expect(folder.state).toMatchObject({ problem: null, epoch: 1 });
  expect(namesIn(folder)).toEqual(["before", "after"]);
});
