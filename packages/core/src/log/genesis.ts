/**
 * The first record of a log (docs/format.md, section 4).
 *
 * @module
 */

import type { Bytes, CryptoProvider, SigningKey } from "../crypto/provider.ts";
import { folderIdOf, type Mode } from "../protocol/identity.ts";
import { encodeRecord, type GenesisRecord } from "../protocol/record.ts";
import { firstHead, genesisText, headAfter, type Position } from "../protocol/step.ts";

export interface SealedGenesis {
  /** `u8 kind | body`, as it is sent and stored. */
  readonly bytes: Bytes;
  readonly record: GenesisRecord;
  readonly position: Position;
}

/** Begins a folder: its id follows from mode (0 open, 1 locked) and keys (128 bytes). */
export async function sealGenesis(provider: CryptoProvider, mode: Mode, keys: Bytes, sign: SigningKey): Promise<SealedGenesis> {
  const folderId = await folderIdOf(provider, mode, keys);
  const text = genesisText(folderId, mode, keys);
  const signature = await provider.sign(sign, text);
  const record: GenesisRecord = { kind: "genesis", mode, keys, signature };
  const head = await headAfter(provider, firstHead, text, [signature]);
  return { bytes: encodeRecord(record), record, position: { folderId, epoch: 0, seq: 0, head, keys } };
}
