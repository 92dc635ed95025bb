/** What follows from having verified the log to its end: the place is remembered, keys that it shows are kept, oddities are told. */
import { toHex } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import { furtherPlace, rememberLastFolder, type Place } from "../store/place.ts";
import type { Access } from "./access.ts";
import type { Replica } from "./replica.ts";
import type { Standing } from "./standing.ts";

export class InStep {
  readonly #standing: Standing;
  #at: number | null = null;
  /** The epoch whose keys are kept as `remember` says. */
  #keptEpoch: number | null = null;
  #reported = 0;

  constructor(standing: Standing) {
    this.#standing = standing;
  }

  /** Milliseconds since 1970 of the last time. */
  get at(): number | null {
    return this.#at;
  }

  async reached(replica: Replica, access: Access): Promise<void> {
    const { position, beganOpen } = replica;
    const { options, cache, place: before } = this.#standing;
    if (position === null) return;
    this.#at = Date.now();
    const { epoch, seq } = position;
    const place: Place = { epoch, seq, head: toHex(position.head), locked: epoch > 0 || beganOpen === false, at: this.#at };
    // Bodies of an earlier epoch are gone when anybody hears that it is over.
    if (before !== null && before.epoch < epoch) await cache.written();
    if (seq !== before?.seq || place.head !== before.head) {
      const { store, live, folder } = options;
      this.#standing.place = before?.adopted === undefined ? place : { ...place, adopted: before.adopted };
      await furtherPlace({ store, live, folder }, this.#standing.place);
    }
    if (access.scope === "owner" && access.epoch === epoch && this.#keptEpoch !== epoch) {
      const { keyring, store, http, folder } = options;
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

  #tellOddities({ reports }: Replica): void {
    for (const { seq, reason, notes } of reports.slice(this.#reported)) {
      const what = reason ?? notes?.[0] ?? "entry";
      this.#standing.report(
        new KeyfoldError("malformed", "An entry of the folder's history is not as it should be.", { seq, reason: what }),
      );
    }
    this.#reported = reports.length;
  }
}
