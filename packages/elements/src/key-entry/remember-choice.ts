/** "Stay signed in": how long keys stay on this device, in plain words. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import type { Remember } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";

export interface RememberChoice {
  readonly remember: Remember;
  /** Keys stay no longer than the tab here: the page is not protected from the network. */
  readonly tabAtMost: boolean;
}

export function rememberChoice(
  words: Words,
  { remember, tabAtMost }: RememberChoice,
  choose: (remember: Remember) => void,
): TemplateResult {
  const { ceremony } = words;
  const chosen = tabAtMost && remember === "device" ? "tab" : remember;
  // a page that keeps nothing still offers what a person may want; what is chosen is what happens
  const choice = (value: Remember, title: string, note: string): TemplateResult =>
    html`<label class="choice"
      ><input type="radio" name="stay" .checked=${chosen === value} @change=${() => choose(value)} /><span>${title}</span
      ><small>${note}</small></label
    >`;
  return html`<fieldset class="stay">
    <legend class="keyline">${ceremony.stay}</legend>
    ${chosen === "none" ? choice("none", ceremony.stayPage, ceremony.stayPageNote) : ""}
    ${choice("tab", ceremony.stayTab, ceremony.stayTabNote)}
    ${
      tabAtMost ? html`<p class="tiny muted">${ceremony.stayTabAtMost}</p>` : choice("device", ceremony.stayDevice, ceremony.stayDeviceNote)
    }
  </fieldset>`;
}
