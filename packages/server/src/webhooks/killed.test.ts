/** Servers that are killed (kill -9) with something still to be told. */
import { expect, onTestFinished, test } from "vitest";
import { chosenDatabase, freshDatabase } from "../../test/databases.ts";
import type { HookedChild } from "../../test/hooked-child.ts";
import { temporaryFolder } from "../../test/mount.ts";
import { newOwner } from "../../test/owner.ts";
import { startHookedChild } from "../../test/process.ts";
import { receiver, webhookSecret as secret } from "../../test/receiver.ts";
import { sendBy } from "../../test/send.ts";
import { databaseOf } from "../database/database-of.ts";
import { verifyWebhook } from "./signature.ts";

/** Longer than a claim. */
const claimIsOver = 61_000;

test.each<[string, HookedChild["dies"]]>([
  ["before it claimed the message", "unclaimed"],
  ["between the claim and the request", "unsent"],
  ["while the endpoint had it and had not answered", "never"],
])("killed %s: what was committed is told after the start, under one id", async (_, dies) => {
  let hold = true;
  const hook = await receiver((response) => void (hold || response.end()));
  const options: HookedChild = {
    folder: await temporaryFolder(),
    database: await freshDatabase(chosenDatabase),
    port: 0,
    hook: { url: hook.url, secret },
    ahead: 0,
    dies,
  };
  const child = await startHookedChild(options);
  const owner = await newOwner(sendBy(fetch, child.base), child.base);
  const blob = await owner.upload();
  // Its answer may get lost with the process.
  const appending = owner.append({ added: [blob] }).then(
    () => "answered",
    () => "lost",
  );
  if (dies === "never") {
    await expect.poll(() => hook.got.length).toBe(1);
    await child.end("SIGKILL");
  } else {
    await child.ended;
    expect(hook.got).toEqual([]);
  }
  expect(child.process.signalCode).toBe("SIGKILL");
  await appending;

  hold = false;
  const before = hook.got.length;
  const again = await startHookedChild({ ...options, port: child.port, ahead: claimIsOver, dies: "never" });
  const log = await owner.call("GET", "/log?from=0");
  expect(log.headers.get("keyfold-seq")).toBe("1");
  await expect.poll(() => hook.got.length, { timeout: 20_000 }).toBe(before + 1);
  expect(new Set(hook.ids()).size).toBe(1);
  const { headers, body } = hook.got.at(-1)!;
  expect(verifyWebhook(headers, body, secret, Date.now() + claimIsOver)).toMatchObject({
    type: "upload.arrived",
    data: { folder: owner.folder, seq: 1, blobs: 1 },
  });

  // It is not told once more.
  const database = await databaseOf(options.database);
  onTestFinished(() => database.close());
  await expect.poll(() => database.query.selectFrom("webhook_message").select("state").execute()).toEqual([]);
  expect(await again.end("SIGTERM")).toBe(0);
  expect(hook.got).toHaveLength(before + 1);
});
