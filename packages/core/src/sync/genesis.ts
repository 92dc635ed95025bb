/** The first record of a new folder (docs/format.md, section 4). */
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { deriveOwnerKeys, type OwnerKeys } from "../key/schedule.ts";
import { encodeRecord, joinPage } from "../protocol/record.ts";
import { folderIdOf, type Mode } from "../protocol/identity.ts";
import { genesisText } from "../protocol/step.ts";

export interface Genesis {
  /** The folder's id, hex. */
  readonly id: string;
  /** As it is sent: u32 length, then the record. */
  readonly record: Bytes;
  readonly keys: OwnerKeys;
}

/** Makes a folder of this root: mode 0 open, 1 locked from the start. */
export async function makeGenesis(provider: CryptoProvider, root: Bytes, mode: Mode): Promise<Genesis> {
  const keys = await deriveOwnerKeys(provider, root);
  const id = await folderIdOf(provider, mode, keys.keys);
  const signature = await provider.sign(keys.sign, genesisText(id, mode, keys.keys));
  return { id, record: joinPage([encodeRecord({ kind: "genesis", mode, keys: keys.keys, signature })]), keys };
}
