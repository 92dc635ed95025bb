/** Entries whose inside is any bytes at all, properly sealed and signed: what a device that went bad could write, and the product's own code never does. */
import { concat } from "../../src/crypto/encoding.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { encodeClear } from "../../src/protocol/clear.ts";
import { encodeRecord } from "../../src/protocol/record.ts";
import { entryAad, entryText, headAfter } from "../../src/protocol/step.ts";
import { frame } from "../../src/seal/padding.ts";
import { type Device, provider } from "../device.ts";

/** Appends an entry that holds `zipped` where the gzipped JSON belongs. */
export async function appendBytes(device: Device, zipped: Bytes): Promise<void> {
  const after = device.position;
  const clear = encodeClear({ added: [], dropped: [], consumed: [] });
  const aad = entryAad(after, await provider.sha256(clear));
  const nonce = provider.randomBytes(12);
  const sealed = concat(nonce, await provider.aesSeal(device.keys.log, nonce, frame(zipped), aad));
  const text = entryText(aad, await provider.sha256(sealed));
  const signature = await provider.sign(device.keys.sign, text);
  device.records.push(encodeRecord({ kind: "entry", clear, sealed, signature }));
  device.positions.push({ ...after, seq: after.seq + 1, head: await headAfter(provider, after.head, text, [signature]) });
}
