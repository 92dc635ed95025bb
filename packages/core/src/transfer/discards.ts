import { blobsPerRequest } from "../protocol/limits.ts";
import type { TransferPort } from "./port.ts";

/**
 * Blobs that nothing more comes of: given up on the server, so that they stop counting against the folder's quota. What the server could not be
 * told is kept and told later (and would end by itself after seven days).
 */
export class Discards {
  readonly #port: TransferPort;
  #running: Promise<void> | null = null;

  constructor(port: TransferPort) {
    this.#port = port;
  }

  add(blob: string): void {
    void this.#port.store
      .set(`folder/${this.#port.folder}/discard/${blob}`, true)
      .then(() => this.flush())
      .catch(() => undefined);
  }

  /** Tells the server of all that are kept. Never rejects. */
  flush(): Promise<void> {
    this.#running ??= this.#tell()
      .catch(() => undefined)
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #tell(): Promise<void> {
    const { store, blobs, folder } = this.#port;
    for (;;) {
      const keys = (await store.keys(`folder/${folder}/discard/`)).slice(0, blobsPerRequest);
      if (keys.length === 0) return;
      await blobs.discard(keys.map((key) => key.slice(key.lastIndexOf("/") + 1)));
      await store.batch(keys.map((key) => [key, undefined] as const));
    }
  }
}
