import { expect, test, vi } from "vitest";
import { meddler } from "../../test/devices.ts";
import { devicesForThisTest } from "../../test/devices-on-server.ts";
import { generateKey } from "../index.ts";

vi.setConfig({ testTimeout: 60_000 });

const contentOf = (size: number, seed: number) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + seed * 31) & 255);

test("under a storm of 429 everything waits as it is told, goes on by itself, and loses nothing", async () => {
  // Fewer than a page sends at once.
  const few = { requests: 3, seconds: 1 };
  const limits = { write: { folder: few }, read: { folder: { requests: 20, seconds: 1 } } };
  const { devices } = await devicesForThisTest({ rates: { limits } });
  const between = meddler();
  const refused: (string | null)[] = [];
  between.after = (_request, response) => {
    if (response.status === 429) refused.push(response.headers.get("retry-after"));
    return undefined;
  };
  const folder = await devices.using(devices.client({ fetch: between.fetch }).create());
  const codes = new Set<string>();
  folder.subscribe(() => {
    if (folder.state.problem !== null) codes.add(folder.state.problem.code);
  });

  const sizes = [...Array.from({ length: 20 }, (_, i) => 1000 + 37 * i), 9 * 2 ** 20];
  const files = sizes.map((size, i) => new File([contentOf(size, i)], `${i}.bin`));
  const small = folder.upload(files.slice(0, 20), { to: "/small" });
  const large = folder.upload(files.slice(20), { to: "/large" });
  await folder.createDirectory("/made/meanwhile");
  await Promise.all([small, large]);
  await folder.settled();
  const key = generateKey();
  await folder.lock(key);
  expect(new Set(refused)).toEqual(new Set(["1"]));

  const other = await devices.using(devices.client().open(key));
  expect(other.state.tree.count).toEqual({ files: 21, directories: 4 });
  for (const [i, size] of sizes.entries()) {
    const blob = await other.download(`/${i < 20 ? "small" : "large"}/${i}.bin`);
    expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), contentOf(size, i))).toBe(0);
  }
  // Of what a person hears only that it waits.
  codes.delete("rate-limited");
  expect([...codes]).toEqual([]);
});
