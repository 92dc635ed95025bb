import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { png } from "../../test/upstream.ts";
import { isSvg, pictureType } from "./picture.ts";
import { isPublicAddress } from "./public-address.ts";

const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const webp = Buffer.from("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA", "base64");
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(64, 1), Buffer.from([0xff, 0xd9])]);

function icon(pictures: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let at = head.length;
  for (const [i, picture] of pictures.entries()) {
    head.writeUInt32LE(picture.length, 6 + 16 * i + 8);
    head.writeUInt32LE(at, 6 + 16 * i + 12);
    at += picture.length;
  }
  return Buffer.concat([head, ...pictures]);
}

function sized(width: number, height: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  return changed;
}

describe("a picture", () => {
  test("is known by its bytes", () => {
    expect([png, gif, webp, jpeg, icon([png, png])].map((bytes) => pictureType(bytes))).toEqual([
      "image/png",
      "image/gif",
      "image/webp",
      "image/jpeg",
      "image/x-icon",
    ]);
  });

  test("that is cut short, or would unpack to a monster, is none", () => {
    const cut = [png.subarray(0, -8), gif.subarray(0, -1), webp.subarray(0, -2), jpeg.subarray(0, -1), icon([png]).subarray(0, -1)];
    for (const bytes of cut) expect(pictureType(bytes)).toBeUndefined();
    for (const bytes of [sized(65_535, 65_535), sized(0, 1), sized(1, 4097), icon([])]) expect(pictureType(bytes)).toBeUndefined();
    expect(pictureType(sized(4096, 4096))).toBe("image/png");
  });

  test("is no page, no script, no archive, no SVG", () => {
    for (const text of ["<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "<!doctype html><script>1</script>", "PK\u0003\u0004"])
      expect(pictureType(Buffer.from(text.padEnd(64)))).toBeUndefined();
    expect(isSvg(Buffer.from('\uFEFF<?xml version="1.0"?>\n<!-- made by hand --><svg viewBox="0 0 1 1"/>'))).toBe(true);
    expect(isSvg(Buffer.from("<html><svg></svg></html>"))).toBe(false);
  });

  test("whatever the bytes, looking at them throws nothing", () => {
    const heads = fc.constantFrom(
      png.subarray(0, 8),
      Buffer.from("GIF89a"),
      Buffer.from("RIFF"),
      Buffer.from([0, 0, 1, 0]),
      Buffer.alloc(0),
    );
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 200 }), (head, rest) => {
        pictureType(Buffer.concat([head, rest]));
      }),
    );
  });
});

describe("an address", () => {
  test.for(["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"])("%s is public", (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  test.for([
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "100::1",
    "localhost",
    "",
    "1.2.3.4.5",
  ])("%s is not", (address) => expect(isPublicAddress(address)).toBe(false));
});
