/**
 * One version for any Tink library: its keyset, and its ciphertext as it is stored (docs/format.md, "A file for Tink").
 *
 * @module
 */
import { concat, fromBase64url, fromUtf8, toBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import type { SealedExport } from "../interface/transfer.ts";
import type { Descriptor } from "../seal/blob.ts";
import { segmentSize } from "../seal/geometry.ts";
import { createOpener } from "../seal/opener.ts";
import { blobInfo } from "../seal/stream.ts";
import { patiently, someAttempts } from "./patience.ts";
import type { ReadingPort } from "./port.ts";

const typeUrl = "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey";
/** A keyset's key has some number; a raw ciphertext does not repeat it. */
const keyId = 1;

/** Protobuf's varint of a positive integer. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/**
 * `AesGcmHkdfStreamingKey` (tink-java, proto/aes_gcm_hkdf_streaming.proto): version 0 is left out; params are 2 {1: segment size, 2: derived key
 * size, 3: hash, SHA256 being 3}; key_value is 3.
 */
function streamingKey(key: Bytes): Bytes {
  const params = [0x08, ...varint(segmentSize), 0x10, 32, 0x18, 3];
  return concat(Uint8Array.of(0x12, params.length, ...params, 0x1a, key.length), key);
}

/** A cleartext keyset in Tink's JSON. It is the content key: whoever has it reads this version. */
export function tinkKeyset(contentKey: Bytes): string {
  const base64 = toBase64url(streamingKey(contentKey)).replaceAll("-", "+").replaceAll("_", "/");
  const value = base64.padEnd(4 * Math.ceil(base64.length / 4), "=");
  const keyData = { typeUrl, value, keyMaterialType: "SYMMETRIC" };
  return JSON.stringify({ primaryKeyId: keyId, key: [{ keyData, status: "ENABLED", keyId, outputPrefixType: "RAW" }] });
}

/** The stream errors with `tampered`, `gone`, `offline`, `cancelled`; each part is verified, and opened, before its ciphertext is handed on. */
export function sealedExport(port: ReadingPort, descriptor: Descriptor, signal: AbortSignal): SealedExport {
  const opener = createOpener(port.provider, descriptor);
  const { blob, size, sealedSize } = opener.descriptor;
  const fetch = (work: () => Promise<Bytes>): Promise<Bytes> => patiently(port, someAttempts, signal, work);
  let next = 0;
  const ciphertext = new ReadableStream<Uint8Array>(
    {
      async start() {
        await opener.acceptPartHashes(await fetch(() => port.blobs.hashes(blob, { signal })));
      },
      async pull(stream) {
        const part = next++;
        const bytes = await fetch(() => port.blobs.getPart(blob, part, { signal }));
        await opener.openPartInPieces(part, bytes);
        stream.enqueue(bytes);
        if (next === opener.partCount) stream.close();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    keyset: tinkKeyset(fromBase64url(opener.descriptor.key, 32)),
    associatedData: fromUtf8(blobInfo(blob)),
    size,
    sealedSize,
    ciphertext,
  };
}
