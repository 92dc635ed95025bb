import { css, html } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { KeyfoldElement } from "../base/index.ts";
import { mark } from "../icon/index.ts";
import { theme } from "../theme/index.ts";

/**
 * @summary Mark and name; a site puts its own in their place.
 * @slot - The name.
 * @slot logo - The mark.
 * @csspart base - Both.
 * @csspart logo - Around the mark.
 */
export class KeyfoldBrand extends KeyfoldElement {
  static override styles: CSSResultGroup = [
    ...theme,
    css`
      .brand {
        display: flex;
        align-items: center;
        gap: 8px;
        font: 600 var(--keyfold-type-l) var(--keyfold-font);
        letter-spacing: -0.015em;
      }
      .mark {
        inline-size: 24px;
        block-size: 24px;
      }
      ::slotted(img),
      ::slotted(svg) {
        block-size: 24px;
        inline-size: auto;
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<div class="brand" part="base">
      <span part="logo"><slot name="logo">${mark("locked")}</slot></span
      ><span><slot>Keyfold</slot></span>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-brand": KeyfoldBrand;
  }
}
