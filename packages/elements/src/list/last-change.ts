import type { ReactiveControllerHost } from "lit";
import type { Folder, Undoable } from "@keyfold/core";
import type { ActionReport } from "../file-actions/action-report.ts";

/** The last change to the folder, while it is news: until it is dismissed, undone, or another place is shown. */
export class LastChange {
  readonly #host: ReactiveControllerHost & { readonly folder: Folder | null };
  readonly #report: ActionReport;
  #known: Undoable | null = null;

  constructor(host: ReactiveControllerHost & { readonly folder: Folder | null }, report: ActionReport) {
    this.#host = host;
    this.#report = report;
  }

  /** Null where nothing is new. */
  get news(): Undoable | null {
    const last = this.#last;
    return last === this.#known ? null : last;
  }

  /** What was done up to now is no news any more. */
  dismiss(): void {
    this.#known = this.#last;
    this.#host.requestUpdate();
  }

  async undo(): Promise<void> {
    const { folder } = this.#host;
    if (folder === null) return;
    await this.#report.run(() => folder.undo());
    // what was done before that is not news
    this.dismiss();
  }

  get #last(): Undoable | null {
    return this.#host.folder === null ? null : this.#host.folder.undoable.value;
  }
}
