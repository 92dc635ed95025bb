import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { contentOf } from "../../test/lost-folder.ts";
import { partPath } from "../recover/index.ts";
import { tinkKeyset } from "./tink.ts";

describe("a keyset for Tink", () => {
  it("is AES256_GCM_HKDF_1MB with this key: docs/format.md, section 10, byte for byte", () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => i);
    const keyset = JSON.parse(tinkKeyset(key)) as { primaryKeyId: number; key: { keyId: number; keyData: { value: string } }[] };
    expect(keyset).toEqual({
      primaryKeyId: 1,
      key: [
        {
          keyData: {
            typeUrl: "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey",
            value: expect.any(String) as unknown,
            keyMaterialType: "SYMMETRIC",
          },
          status: "ENABLED",
          keyId: 1,
          outputPrefixType: "RAW",
        },
      ],
    });
    expect(Buffer.from(keyset.key[0]!.keyData.value, "base64").toString("hex")).toBe(
      `120808808040102018031a20${Buffer.from(key).toString("hex")}`,
    );
  });
});

describe("an export", () => {
  const { devices, server } = devicesOnServer();

  it("errors at a part that is not the signed one, and hands on nothing of it", async () => {
    const folder = await devices.using(devices.client().create());
    const [node] = await folder.upload([new File([contentOf(5 * 1024 * 1024, 1)], "two parts")]);
    const path = join(server.dataDir, partPath(folder.id, node!.current!.blob, 1));
    const bytes = await readFile(path);
    bytes[9]! ^= 1;
    await writeFile(path, bytes);
    const reader = folder.exportSealed("/two parts").ciphertext.getReader();
    expect((await reader.read()).value).toHaveLength(4 * 1024 * 1024);
    await expect(reader.read()).rejects.toMatchObject({ code: "tampered" });
  });

  it("is of a file, and of a version that there is", async () => {
    const folder = await devices.using(devices.client().create());
    await folder.createDirectory("/directory");
    await folder.upload([new File(["x"], "file")]);
    expect(() => folder.exportSealed("/directory")).toThrow(expect.objectContaining({ code: "invalid-argument" }) as Error);
    expect(() => folder.exportSealed("/nothing")).toThrow(expect.objectContaining({ code: "not-found" }) as Error);
    expect(() => folder.exportSealed("/file", "ab".repeat(16))).toThrow(expect.objectContaining({ code: "not-found" }) as Error);
  });
});
