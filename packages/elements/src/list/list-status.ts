import { html, nothing } from "lit";
import type { NodeId, Undoable } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";

export interface StatusScene {
  readonly words: Words;
  /** In words; null when nothing went wrong. */
  readonly error: string | null;
  /** The last change, while it is worth telling. */
  readonly done: Undoable | null;
  readonly cut: number;
  readonly nameOf: (id: NodeId | null) => string;
  undo(): void;
  dismiss(): void;
}

/** The line below the list: what was just done, with the way back; or what went wrong. */
export function listStatus(scene: StatusScene) {
  const { words, error, done } = scene;
  const said = error !== null ? "" : done !== null ? doneWords(scene, done) : scene.cut > 0 ? words.actions.cutDone(scene.cut) : "";
  // the live region is there before its words are: else nobody hears them
  return html`<div class=${error === null ? "status" : "status bad"} ?hidden=${error === null && said === ""}>
    <span class="say" part=${error === null ? nothing : "error"} role="alert" ?hidden=${error === null}>${error ?? ""}</span>
    <span class="say" role="status" ?hidden=${error !== null}>${said}</span>
    ${
      error === null && done !== null
        ? html`<button type="button" class="button quiet" @click=${() => scene.undo()}>${words.actions.undo}</button>`
        : nothing
    }
    <button
      type="button"
      class="icon-button"
      aria-label=${words.files.close}
      ?hidden=${error === null && done === null}
      @click=${() => scene.dismiss()}
    >
      ${icon("close")}
    </button>
  </div>`;
}

function doneWords({ words, nameOf }: StatusScene, done: Undoable): string {
  const say = words.actions;
  const count = done.nodes.length;
  switch (done.kind) {
    case "move":
      return say.moved(count, nameOf(done.to ?? null));
    case "rename":
      return say.renamed;
    case "trash":
      return say.trashed(count);
    case "restore":
      return say.restored(count);
    default:
      return say.created;
  }
}
