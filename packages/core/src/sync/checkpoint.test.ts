import { describe, expect, test, vi } from "vitest";
import { backupsOf } from "../../test/backup.ts";
import { make, namesIn } from "../../test/devices.ts";
import { devicesOnEmptyServer } from "../../test/devices-on-server.ts";
import { generateKey, memoryStore, parseKeyFile } from "../index.ts";

// Servers are stopped and started, and devices wait for their turn.
vi.setConfig({ testTimeout: 60_000 });

const { devices, server } = devicesOnEmptyServer();
const { backUp, restore } = backupsOf(server);

describe("a checkpoint", () => {
  test("of a key file tells a new device that the server shows less, or another history; and that outlives a reload", async () => {
    const key = generateKey();
    const maker = await devices.using(devices.client().create({ key }));
    await make(maker, "one");
    const backup = await backUp();
    await make(maker, "two");
    await maker.ceremony.generate();
    const { checkpoint } = parseKeyFile(maker.ceremony.file().text);
    expect(checkpoint).toMatchObject({ seq: 2 });
    const good = await devices.using(devices.client().open(key, { checkpoint: checkpoint! }));
    expect(good.state.problem).toBeNull();
    await maker.close();
    await good.close();
    await restore(backup);
    const store = memoryStore();
    const fresh = await devices.using(devices.client({ store }).open(key, { checkpoint: checkpoint! }));
    expect(fresh.state.problem).toMatchObject({ code: "rolled-back", remedy: "adopt", numbers: { server: 1, device: 2 } });
    expect(namesIn(fresh)).toEqual(["one"]);
    await expect(fresh.createDirectory("/x")).rejects.toMatchObject({ code: "rolled-back" });
    await fresh.close();
    const again = await devices.using(devices.client({ store }).open(key));
    expect(again.state.problem).toMatchObject({ code: "rolled-back" });

    const careless = await devices.using(devices.client().open(key));
    await make(careless, "three");
    const off = await devices.using(devices.client().open(key, { checkpoint: checkpoint! }));
    expect(off.state.problem).toMatchObject({ code: "forked", remedy: "adopt" });
    expect(namesIn(off)).toEqual([]);
    await off.adopt();
    expect(off.state.problem).toBeNull();
    expect(namesIn(off)).toEqual(["one", "three"]);
    // Given to a device that has verified past it.
    const late = await devices.using(devices.client().open(key));
    await late.signIn(key, { checkpoint: checkpoint! });
    expect(late.state.problem?.code).toBe("forked");
  });

  test("of a link does the same for an open folder's reader", async () => {
    const maker = await devices.using(devices.client().create());
    await make(maker, "one");
    const backup = await backUp();
    await make(maker, "two");
    const link = maker.link("https://example.com/", { checkpoint: true });
    expect(link).toMatch(/\/f\/[0-9a-f]{32}#at=[A-Za-z0-9_-]{59}$/);
    await maker.close();
    await restore(backup);
    const reader = await devices.using(devices.client().openLink(link));
    expect(reader.state.problem).toMatchObject({ code: "rolled-back", remedy: "adopt", numbers: { server: 1, device: 2 } });
    const other = await devices.using(devices.client().openLink(link.split("#")[0]!));
    expect(other.state.problem).toBeNull();
    await expect(devices.client().openLink(`${link}A`)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
