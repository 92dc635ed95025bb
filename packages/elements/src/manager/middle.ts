/** What takes the middle of the page. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { home } from "./home.ts";
import { inner } from "./inner.ts";
import type { ManagerScene, Stage } from "./scene.ts";

const stages: Readonly<Record<Stage, (scene: ManagerScene) => TemplateResult>> = {
  ceremony: (scene) =>
    html`<div class="area-main stage">
      <keyfold-key-ceremony ${inner(scene.inner, "key-ceremony")} @keyfold-close=${() => scene.onKeyClosed()}></keyfold-key-ceremony>
    </div>`,

  entry: (scene) =>
    html`<div class="area-main stage">
      ${problem(scene)}
      <keyfold-key-entry ${inner(scene.inner, "key-entry")} @keyfold-close=${() => scene.onKeyClosed()}></keyfold-key-entry>
    </div>`,

  nothing: (scene) => html`<div class="area-main stage">${problem(scene)}</div>`,

  // regions, not the page's main or banner: those are the site's own
  home: (scene) =>
    html`<section class="area-main" aria-label=${scene.words.page.files}>
      ${problem(scene)}${home(
        scene.words,
        html`<keyfold-uploader ${inner(scene.inner, "uploader")} .to=${scene.root} ?readonly=${scene.readonly}></keyfold-uploader>`,
      )}
    </section>`,

  folder: (scene) =>
    html`<section class="area-main" aria-label=${scene.words.page.files}>
      ${problem(scene)}
      <keyfold-list
        class="scroll"
        ${inner(scene.inner, "list")}
        .root=${scene.root}
        .current=${scene.current}
        .selection=${scene.selection}
        .actions=${scene.actions}
        .view=${scene.view}
        ?readonly=${scene.readonly}
        @keyfold-select=${(event: CustomEvent) => scene.onSelect(event)}
        @keyfold-navigate=${(event: CustomEvent) => scene.onNavigate(event)}
        @keyfold-open=${(event: CustomEvent) => scene.onOpen(event)}
        ><slot name="toolbar" slot="toolbar"></slot
      ></keyfold-list>
      <keyfold-transfers
        class=${scene.narrow && scene.tab === "sends" ? "scroll" : ""}
        ${inner(scene.inner, "transfers")}
      ></keyfold-transfers>
    </section>`,
};

export function middle(scene: ManagerScene): TemplateResult {
  return stages[scene.stage](scene);
}

function problem(scene: ManagerScene): TemplateResult | typeof nothing {
  if (!scene.hasProblem) return nothing;
  return html`<keyfold-status
    class="problem"
    show="problem"
    can-make-room
    ${inner(scene.inner, "status")}
    @keyfold-enter-key=${(event: Event) => scene.onEnterKey(event)}
    @keyfold-make-room=${(event: Event) => scene.onMakeRoom(event)}
  ></keyfold-status>`;
}
