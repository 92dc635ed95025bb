import { describe, expect, test } from "vitest";
import { fromUtf8, toUtf8 } from "../crypto/encoding.ts";
import { linesIn, wholeLines } from "./lines.ts";

/** The text in chunks of so many bytes. */
function streamOf(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = toUtf8(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += size)));
      else controller.close();
    },
  });
}

async function read(text: string, size: number, limit = 2 ** 20): Promise<string[]> {
  const lines: string[] = [];
  for await (const piece of wholeLines(streamOf(text, size), limit)) for (const line of linesIn(piece)) lines.push(fromUtf8(line));
  return lines;
}

describe("lines", () => {
  const lines = ["", "a", "ä".repeat(20_000), "b".repeat(70_000), ...Array.from({ length: 5_000 }, (_, i) => `line ${i}`), "", "last"];
  const text = lines.map((line) => `${line}\n`).join("");

  test.each([1_000, 4_095, 16_384, 65_536, 1_000_000])("are the same in chunks of %i bytes", async (size) => {
    expect(await read(text, size)).toEqual(lines);
  });

  test("are found where a chunk ends with one, or within its LF's neighbours", async () => {
    expect(await read("ab\ncd\n", 1)).toEqual(["ab", "cd"]);
    expect(await read("ab\ncd\n", 3)).toEqual(["ab", "cd"]);
    expect(await read("", 1)).toEqual([]);
    expect(await read("\n", 1)).toEqual([""]);
  });

  test("without an end, or longer than the limit, are refused", async () => {
    await expect(read("ab\ncd", 2)).rejects.toMatchObject({ code: "malformed", reason: "lines" });
    await expect(read(`ab\n${"c".repeat(100_000)}\n`, 1_000, 50_000)).rejects.toMatchObject({ code: "malformed", reason: "lines" });
  });
});
