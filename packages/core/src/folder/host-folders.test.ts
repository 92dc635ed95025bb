import { describe, expect, test } from "vitest";
import { devicesOnServer } from "../../test/devices-on-server.ts";

const { devices } = devicesOnServer({
  limits: { foldersPerSubject: 2 },
  authorize: (request) => {
    const user = request.headers.get("authorization");
    return user === null ? true : { subject: user };
  },
});

const signedIn = (user: string) => devices.client({ headers: { authorization: user } });

describe("somebody who is signed in with the host", () => {
  test("finds their folders again on another device, and opens them with their key", async () => {
    const first = await devices.using(signedIn("anna").create());
    await first.upload([new File(["x".repeat(3000)], "a.txt")]);
    const again = signedIn("anna");
    const listed = await again.folders();
    expect(listed).toEqual([{ id: first.id, created: expect.any(Number), changed: expect.any(Number), used: expect.any(Number) }]);
    expect(listed[0]!.used).toBeGreaterThan(3000);
    expect(listed[0]!.changed).toBeGreaterThanOrEqual(listed[0]!.created);
    expect(new Date(listed[0]!.created).getFullYear()).toBeGreaterThan(2020);
    const opened = await devices.using(again.openFolder(listed[0]!.id));
    expect(opened.id).toBe(first.id);

    await again.forgetFolder(first.id);
    expect(await again.folders()).toEqual([]);
    expect(await signedIn("ben").folders()).toEqual([]);
  });

  test("is told when they have as many folders as the site lets them have", async () => {
    for (let i = 0; i < 2; i++) await devices.using(signedIn("carol").create());
    await expect(signedIn("carol").create()).rejects.toMatchObject({ code: "refused" });
    expect(await signedIn("carol").folders()).toHaveLength(2);
  });
});

test("whoever is not signed in has no list", async () => {
  await expect(devices.client().folders()).rejects.toMatchObject({ code: "refused" });
  await expect(devices.client().forgetFolder("0".repeat(32))).rejects.toMatchObject({ code: "refused" });
  await expect(devices.client().forgetFolder("../keys")).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(signedIn("dave").folders({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
});
