import { describe, expect, test } from "vitest";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { parseKeyFile } from "../key/file.ts";
import { readKey } from "../key/rows.ts";
import { Ceremony } from "./ceremony.ts";

const provider = webCryptoProvider();

function ceremony(lock: (key: Bytes) => Promise<void> = () => Promise.resolve()) {
  const checkpoint = { epoch: 0, seq: 3, head: "ab".repeat(32) };
  const place = { folder: "f0".repeat(16), server: "https://files.example.com/keyfold" };
  return new Ceremony({ place, provider, lock, changed: () => undefined, checkpoint: () => checkpoint });
}

async function made(lock?: (key: Bytes) => Promise<void>) {
  const made = ceremony(lock);
  await made.generate();
  return made;
}

describe("the key's steps", () => {
  test("begin with a key of eight rows, the same until it is abandoned", async () => {
    const steps = ceremony();
    expect(() => steps.reveal()).toThrow(KeyfoldError);
    await Promise.all([steps.generate(), steps.generate()]);
    expect(steps.value).toBe("made");
    const rows = steps.reveal();
    await steps.generate();
    expect(steps.reveal()).toEqual(rows);
    expect(readKey(rows)).toMatchObject({ state: "ok" });
    expect(steps.keyId).toMatch(/^[0-9a-f]{32}$/);

    steps.abandon();
    expect(steps.value).toBe("none");
    expect(steps.keyId).toBeNull();
    await steps.generate();
    expect(steps.reveal()).not.toEqual(rows);
  });

  test("give a kit with all that gets the folder back, only while there is a key", async () => {
    const steps = ceremony();
    expect(() => steps.kit()).toThrow(KeyfoldError);
    await steps.generate();
    expect(steps.kit()).toEqual({
      rows: steps.reveal(),
      keyId: steps.keyId,
      folder: "f0".repeat(16),
      server: "https://files.example.com/keyfold",
      recover: "https://files.example.com/keyfold/recover",
      checkpoint: { epoch: 0, seq: 3, head: "ab".repeat(32) },
    });
  });

  test("show no key that was abandoned while it was made", async () => {
    const steps = ceremony();
    const making = steps.generate();
    steps.abandon();
    await making;
    expect(steps.value).toBe("none");
    expect(() => steps.reveal()).toThrow(KeyfoldError);
  });

  test("refuse to sign before the key was kept and the person said so", async () => {
    let locks = 0;
    const steps = await made(async () => void locks++);
    await expect(steps.sign()).rejects.toMatchObject({ code: "invalid-argument" });
    expect(() => steps.confirmSaved()).toThrow(KeyfoldError);
    steps.kept("file");
    expect(steps.value).toBe("kept");
    await expect(steps.sign()).rejects.toMatchObject({ code: "invalid-argument" });
    steps.confirmSaved();
    expect(steps.value).toBe("saved");
    expect(locks).toBe(0);
    await steps.sign();
    expect(locks).toBe(1);
    expect(steps.value).toBe("done");
  });

  test("count a copied key as kept only once the asked row was typed back, as people type", async () => {
    const steps = await made();
    const asked = steps.copied();
    expect(steps.copied()).toBe(asked);
    expect(steps.value).toBe("made");
    const rows = steps.reveal();
    const other = asked === 8 ? 1 : asked + 1;
    expect(steps.checkRow(other, rows[other - 1]!)).toBe(false);
    expect(steps.checkRow(asked, rows[other - 1]!)).toBe(false);
    expect(steps.checkRow(asked, "")).toBe(false);
    expect(steps.value).toBe("made");
    const typed = rows[asked - 1]!.toLowerCase().replaceAll("0", "o").replaceAll("1", "l").replaceAll("-", " ");
    expect(steps.checkRow(asked, ` ${typed} `)).toBe(true);
    expect(steps.value).toBe("kept");
  });

  test("give a file that holds the key and how far the history went", async () => {
    const steps = await made();
    const file = steps.file();
    const found = parseKeyFile(file.text);
    expect(found.rows).toHaveLength(8);
    expect(found.keyId).toBe(steps.keyId);
    expect(found.checkpoint).toEqual({ epoch: 0, seq: 3, head: "ab".repeat(32) });
    expect(steps.value).toBe("made");
  });

  test("overwrite the key's bytes once it is signed, and when it is abandoned", async () => {
    let seen: Bytes | undefined;
    const steps = await made(async (key) => void (seen = key));
    steps.kept("kit");
    steps.confirmSaved();
    await steps.sign();
    expect(seen).toEqual(new Uint8Array(64));
    expect(() => steps.reveal()).toThrow(KeyfoldError);
  });

  test("keep the saved key when signing fails, so that the person may try again", async () => {
    let failing = true;
    const steps = await made(async () => {
      if (failing) throw new KeyfoldError("offline", "away");
    });
    steps.kept("file");
    steps.confirmSaved();
    const rows = steps.reveal();
    await expect(steps.sign()).rejects.toMatchObject({ code: "offline" });
    expect(steps.value).toBe("saved");
    expect(steps.reveal()).toEqual(rows);
    failing = false;
    await steps.sign();
    expect(steps.value).toBe("done");
  });

  test("end when another device has locked the folder meanwhile", async () => {
    const steps = await made(() => Promise.reject(new KeyfoldError("locked-elsewhere", "gone")));
    steps.kept("file");
    steps.confirmSaved();
    await expect(steps.sign()).rejects.toMatchObject({ code: "locked-elsewhere" });
    expect(steps.value).toBe("none");
  });

  test("cannot be abandoned while they sign", async () => {
    let finish = (): void => undefined;
    const steps = await made(() => new Promise((resolve) => (finish = resolve)));
    steps.kept("file");
    steps.confirmSaved();
    const signing = steps.sign();
    expect(steps.value).toBe("signing");
    expect(() => steps.abandon()).toThrow(KeyfoldError);
    finish();
    await signing;
  });
});
