/** What `folder.shares` tells, and what is made of the options of `folder.share`. */
import { KeyfoldError } from "../error.ts";
import type { ShareOptions, ShareView } from "../interface/share.ts";
import type { Readable } from "../interface/state.ts";
import { Derived } from "../sync/source.ts";

/** A list that is replaced only when something in it is another. */
export class ShareList implements Readable<readonly ShareView[]> {
  readonly #derived: Derived<readonly ShareView[]>;

  constructor(views: () => readonly ShareView[]) {
    this.#derived = new Derived<readonly ShareView[]>((last) => {
      const next = views();
      return last !== undefined && JSON.stringify(last) === JSON.stringify(next) ? last : Object.freeze(next);
    });
  }

  get value(): readonly ShareView[] {
    return this.#derived.value;
  }

  subscribe(listener: () => void): () => void {
    let seen = this.value;
    return this.#derived.subscribe(() => {
      if (this.value === seen) return;
      seen = this.value;
      listener();
    });
  }

  /** Something that it is made of changed. */
  touch(): void {
    this.#derived.touch();
  }
}

/** Terms as the format has them: Unix seconds and a count, 0 for none. Throws `invalid-argument`. */
export function shareTerms({ expires, limit, passphrase }: ShareOptions, now: number): { expires: number; limit: number } {
  const until = expires === undefined ? 0 : Math.ceil(Number(expires) / 1000);
  if (!Number.isSafeInteger(until) || (expires !== undefined && Number(expires) <= now)) {
    throw new KeyfoldError("invalid-argument", "A link ends at a time that is still to come.", { reason: "expires" });
  }
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new KeyfoldError("invalid-argument", "A link is downloaded at least once.", { reason: "limit" });
  }
  if (passphrase !== undefined && (passphrase === "" || passphrase.length > 1024 || !passphrase.isWellFormed())) {
    throw new KeyfoldError("invalid-argument", "A passphrase has 1 to 1,024 characters.", { reason: "passphrase" });
  }
  return { expires: until, limit: limit ?? 0 };
}
