/** A pairing that stands as a test poses it. */
import { KeyfoldError } from "@keyfold/core";
import type { Pairing, PairingState } from "@keyfold/core";

export class FixturePairing<Result = void> implements Pairing<Result> {
  readonly calls: string[] = [];
  readonly finished: Promise<Result>;
  text = "TGZXGiltAKCrCv0AbBbRkb9mp8Lpu_aqCM00kv7ZqNZs1OjOICBNxgCDkzA2G0jnCwkeMTFcsCfLsatokAVsRg";
  state: PairingState = "waiting";
  checkCharacters: string | null = null;
  expiresAt = Date.now() + 120_000;
  error: KeyfoldError | null = null;
  readonly #end = Promise.withResolvers<Result>();
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.finished = this.#end.promise;
    this.finished.catch(() => undefined);
  }

  pose(state: PairingState, checkCharacters: string | null = null): void {
    this.state = state;
    this.checkCharacters = checkCharacters;
    for (const listener of this.#listeners) listener();
  }

  end(result: Result | KeyfoldError): void {
    if (result instanceof KeyfoldError) {
      this.error = result;
      this.pose(result.code === "pairing-expired" ? "expired" : "failed");
      this.#end.reject(result);
    } else {
      this.pose("done");
      this.#end.resolve(result);
    }
  }

  async confirm(): Promise<void> {
    this.calls.push("confirm");
    this.pose("confirmed", this.checkCharacters);
  }

  async cancel(): Promise<void> {
    this.calls.push("cancel");
    this.end(new KeyfoldError("cancelled", "The pairing was cancelled.", { reason: "here" }));
  }

  async refresh(): Promise<void> {
    this.calls.push("refresh");
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
