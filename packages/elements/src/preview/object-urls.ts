import type { ReactiveController, ReactiveControllerHost } from "lit";

/** `blob:` URLs that live as long as somebody draws them: what was not asked for during a round of drawing is let go. */
export class ObjectUrls implements ReactiveController {
  #urls = new Map<Blob, string>();
  #asked = new Set<Blob>();

  constructor(host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** The same URL for the same blob, as long as it is asked for in each update. */
  of(blob: Blob): string {
    this.#asked.add(blob);
    let url = this.#urls.get(blob);
    if (url === undefined) this.#urls.set(blob, (url = URL.createObjectURL(blob)));
    return url;
  }

  hostUpdate(): void {
    this.#asked = new Set();
  }

  hostUpdated(): void {
    for (const [blob, url] of this.#urls) {
      if (this.#asked.has(blob)) continue;
      URL.revokeObjectURL(url);
      this.#urls.delete(blob);
    }
  }

  hostDisconnected(): void {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls = new Map();
  }
}
