import type { ReactiveController, ReactiveControllerHost } from "lit";
import { isKeyfoldError } from "@keyfold/core";
import type { KeyfoldError } from "@keyfold/core";

/** Runs what a person asked for, and keeps the error where it failed, for the element to say. One at a time matters to nobody: the last one shows. */
export class ActionReport implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #error: KeyfoldError | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The last error; null after anything succeeded, or was dismissed. */
  get error(): KeyfoldError | null {
    return this.#error;
  }

  dismiss(): void {
    this.#set(null);
  }

  /** Resolves with whether it succeeded. Errors that are not Keyfold's are defects: they are thrown on. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.#set(null);
      return true;
    } catch (error) {
      if (!isKeyfoldError(error)) throw error;
      this.#set(error.code === "cancelled" ? null : error);
      return false;
    }
  }

  hostConnected(): void {}

  #set(error: KeyfoldError | null): void {
    this.#error = error;
    this.#host.requestUpdate();
  }
}
