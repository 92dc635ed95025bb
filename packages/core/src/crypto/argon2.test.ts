import { expect, test } from "vitest";
import { argon2id } from "./argon2.ts";
import { toHex, toUtf8 } from "./encoding.ts";

test("Argon2id gives the page a turn again and again, and depends on password and salt", async () => {
  const salt = new Uint8Array(16).fill(3);
  let turns = 0;
  const turn = (): void => {
    turns++;
    timer = setTimeout(turn);
  };
  let timer = setTimeout(turn);
  const stretched = await argon2id(toUtf8("a"), salt);
  clearTimeout(timer);
  expect(stretched).toHaveLength(32);
  expect(turns).toBeGreaterThan(10);
  expect(toHex(await argon2id(toUtf8("b"), salt))).not.toBe(toHex(stretched));
}, 30_000);
