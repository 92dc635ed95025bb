import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Readable } from "@keyfold/core";

/**
 * Watches a `Readable` of the folder (transfers, a listing, the ceremony) for an element, and renders it anew on each change. Which readable it is may
 * depend on the element's properties: it is asked for again before every update, and compared by identity, so keep the object where it is made anew.
 *
 * @example
 * ```ts
 * readonly #transfers = new Observed(this, () => this.folder?.transfers ?? null);
 * // in render(): this.#transfers.value
 * ```
 */
export class Observed<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly isConnected: boolean };
  readonly #source: () => Readable<T> | null;
  #readable: Readable<T> | null = null;
  readonly #part: (value: T) => unknown;
  #seen: unknown;
  #stop: (() => void) | null = null;

  /** @param part What of the value counts: the element is rendered anew when this changes. Default: the value itself. */
  constructor(
    host: ReactiveControllerHost & { readonly isConnected: boolean },
    source: () => Readable<T> | null,
    part: (value: T) => unknown = (value) => value,
  ) {
    this.#host = host;
    this.#source = source;
    this.#part = part;
    host.addController(this);
  }

  /** The value now; undefined while there is nothing to watch. */
  get value(): T | undefined {
    return this.#source()?.value;
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    const readable = this.#host.isConnected ? this.#source() : null;
    if (readable === this.#readable) return;
    this.#stop?.();
    this.#readable = readable;
    if (readable === null) {
      this.#stop = null;
      return;
    }
    this.#seen = this.#part(readable.value);
    this.#stop = readable.subscribe(() => {
      const now = this.#part(readable.value);
      if (now === this.#seen) return;
      this.#seen = now;
      this.#host.requestUpdate();
    });
  }

  hostDisconnected(): void {
    this.#stop?.();
    this.#stop = null;
    this.#readable = null;
  }
}
