/** What follows from having verified the log to its end: the place is remembered, keys that it shows are kept, oddities are told. */
import { toHex } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import { rememberedPlace, rememberLastFolder, rememberPlace, type Place } from "../store/place.ts";
import type { Access } from "./access.ts";
import type { FolderSyncOptions } from "./options.ts";
import type { Replica } from "./replica.ts";

export class InStep {
  readonly #options: FolderSyncOptions;
  readonly #report: (error: KeyfoldError) => void;
  #place: Place | null;
  #at: number | null = null;
  /** The epoch whose keys are kept as `remember` says. */
  #keptEpoch: number | null = null;
  #reported = 0;

  constructor(options: FolderSyncOptions, report: (error: KeyfoldError) => void) {
    this.#options = options;
    this.#report = report;
    this.#place = options.place;
  }

  /** The last verified place, this page's or an earlier one's. */
  get place(): Place | null {
    return this.#place;
  }
  /** Milliseconds since 1970 of the last time. */
  get at(): number | null {
    return this.#at;
  }

  async reached(replica: Replica, access: Access): Promise<void> {
    const { position, beganOpen } = replica;
    if (position === null) return;
    this.#at = Date.now();
    const { epoch, seq } = position;
    const place: Place = { epoch, seq, head: toHex(position.head), locked: epoch > 0 || beganOpen === false };
    await this.#remember(place);
    if (access.scope === "owner" && access.epoch === epoch && this.#keptEpoch !== epoch) {
      const { keyring, store, http, folder } = this.#options;
      // Only now that the log itself shows these keys may earlier ones go.
      if (place.locked) await keyring.keep(access.held);
      await rememberLastFolder(store, http.server, folder);
      this.#keptEpoch = epoch;
    }
    this.#tellOddities(replica);
  }

  forget(): void {
    this.#keptEpoch = null;
    this.#reported = 0;
  }

  async #remember(place: Place): Promise<void> {
    if (place.seq === this.#place?.seq && place.head === this.#place.head) return;
    const { store, folder } = this.#options;
    // Another page of this device may be further.
    const known = await rememberedPlace(store, folder);
    if (known === null || known.seq <= place.seq) await rememberPlace(store, folder, place);
    this.#place = place;
  }

  #tellOddities({ reports }: Replica): void {
    for (const { seq, reason, notes } of reports.slice(this.#reported)) {
      const what = reason ?? notes?.[0] ?? "entry";
      this.#report(new KeyfoldError("malformed", "An entry of the folder's history is not as it should be.", { seq, reason: what }));
    }
    this.#reported = reports.length;
  }
}
