/**
 * A pairing from its code to its end: looks at the meeting every second, and tells how it stands. What a look finds, and what follows, is the side's.
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { Pairing, PairingState } from "../interface/pairing.ts";
import { pairingSeconds } from "../protocol/limits.ts";
import { Serial } from "../sync/serial.ts";
import { Source } from "../sync/source.ts";
import { asKeyfoldError, passesByItself } from "../sync/trouble.ts";

/** Milliseconds between looks. */
const INTERVAL = 1_000;

/** What a look came to. */
export type Progress<Result> =
  | { readonly state: "waiting" | "scanned"; readonly checkCharacters: string | null; /** Until it expires. */ readonly seconds: number }
  | { readonly state: "done"; readonly result: Result };

/** What a look is told. */
export interface Look {
  /** The person said that the characters are the same. */
  readonly confirmed: boolean;
  readonly signal: AbortSignal;
  /** The key has arrived: from now on it expires no more, however long the rest takes. */
  readonly arrived: () => void;
}

/** The device that has the key, or the one that gets it. */
export interface Side<Result> {
  /** Looks, and does what is due. Rejects with what ends the pairing, or with what passes by itself; then it is called again. */
  look(look: Look): Promise<Progress<Result>>;
  /** Tells the other side that nothing comes of it. */
  cancel(): Promise<void>;
  /** It has ended: secrets are overwritten. */
  forget(): void;
  /** The result came after the end. */
  discard?(result: Result): Promise<void>;
}

export class PairingRun<Result> implements Pairing<Result> {
  readonly finished: Promise<Result>;
  readonly #text: string;
  readonly #side: Side<Result>;
  readonly #state: Source<PairingState>;
  readonly #serial = new Serial();
  readonly #ending = new AbortController();
  readonly #end = Promise.withResolvers<Result>();
  #checkCharacters: string | null = null;
  #error: KeyfoldError | null = null;
  #confirmed = false;
  #expiresAt = 0;
  /** The key has arrived: time is over for nobody any more. */
  #arrived = false;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;

  /** `seconds`: at the most, whatever the server says later. */
  constructor(text: string, side: Side<Result>, seconds: number = pairingSeconds) {
    this.#text = text;
    this.#side = side;
    this.#state = new Source<PairingState>("waiting");
    this.finished = this.#end.promise;
    // Whoever watches the state need not watch this too.
    this.finished.catch(() => undefined);
    this.#expireIn(Math.min(seconds, pairingSeconds));
    this.#lookLater();
  }

  get text(): string {
    return this.#ended ? "" : this.#text;
  }
  get state(): PairingState {
    return this.#state.value;
  }
  get checkCharacters(): string | null {
    return this.#checkCharacters;
  }
  get expiresAt(): number {
    return this.#expiresAt;
  }
  get error(): KeyfoldError | null {
    return this.#error;
  }

  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  async confirm(): Promise<void> {
    if (this.state !== "scanned") throw new KeyfoldError("invalid-argument", "There is nothing to confirm: no characters are shown.");
    this.#confirmed = true;
    this.#state.set("confirmed");
    await this.refresh();
  }

  async cancel(): Promise<void> {
    if (this.#ended) return;
    this.#fail(new KeyfoldError("cancelled", "The pairing was cancelled.", { reason: "here" }));
    await this.#tellCancelled();
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#next);
    await this.#serial.run(() => this.#look());
    if (!this.#ended) this.#lookLater();
  }

  get #ended(): boolean {
    return this.#ending.signal.aborted;
  }

  async #look(): Promise<void> {
    if (this.#ended) return;
    // A device that slept: its timers stood still, the two minutes did not.
    if (!this.#arrived && Date.now() >= this.#expiresAt) return this.#expire();
    try {
      const { signal } = this.#ending;
      const arrived = (): void => {
        this.#arrived = true;
        clearTimeout(this.#expiry);
      };
      const look: Look = { confirmed: this.#confirmed, signal, arrived };
      await this.#take(await this.#side.look(look));
    } catch (error) {
      const known = asKeyfoldError(error);
      if (this.#ended || (passesByItself(known) && known.reason !== "unforeseen")) return;
      this.#fail(known);
      // The other device waits for nothing now, unless it is the one that said so.
      if (known.code !== "pairing-expired" && known.code !== "cancelled") await this.#tellCancelled();
    }
  }

  async #take(progress: Progress<Result>): Promise<void> {
    if (this.#ended) {
      if (progress.state === "done") await this.#side.discard?.(progress.result);
      return;
    }
    if (progress.state === "done") {
      this.#stop();
      this.#end.resolve(progress.result);
      this.#state.set("done");
      return;
    }
    this.#checkCharacters = progress.checkCharacters;
    if (Date.now() + progress.seconds * 1_000 < this.#expiresAt) this.#expireIn(progress.seconds);
    // Confirmed while the look was under way stays confirmed.
    this.#state.set(this.#confirmed ? "confirmed" : progress.state);
  }

  #fail(error: KeyfoldError): void {
    this.#error = error;
    this.#checkCharacters = null;
    this.#stop();
    this.#end.reject(error);
    this.#state.set(error.code === "pairing-expired" ? "expired" : "failed");
  }

  /** Nothing more is asked, and nothing kept. */
  #stop(): void {
    clearTimeout(this.#expiry);
    clearTimeout(this.#next);
    this.#ending.abort(new KeyfoldError("cancelled", "The pairing has ended."));
    this.#side.forget();
  }

  async #tellCancelled(): Promise<void> {
    // Where it cannot be told, the two minutes tell it.
    await this.#side.cancel().catch(() => undefined);
  }

  #expireIn(seconds: number): void {
    clearTimeout(this.#expiry);
    this.#expiresAt = Date.now() + seconds * 1_000;
    // Whatever the server says: no code is good for longer.
    this.#expiry = setTimeout(() => this.#expire(), seconds * 1_000);
  }

  #expire(): void {
    this.#fail(new KeyfoldError("pairing-expired", "The code has expired. Show a new one."));
  }

  #lookLater(): void {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => void this.refresh(), INTERVAL);
  }
}
