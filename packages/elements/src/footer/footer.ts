import { html } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { KeyfoldElement } from "../base/index.ts";
import { theme } from "../theme/index.ts";
import { footerStyles } from "./footer.styles.ts";
import { patternPalettes, patternTile } from "./pattern.ts";

/**
 * @summary The page's foot: brand, logos, brand images, and what happens to the files.
 * @slot - Logos or words between brand and images.
 * @slot logo - In place of the Keyfold brand.
 * @slot image - In place of the brand images.
 * @slot legal - Links at the end of the last line.
 * @csspart base - All of it.
 * @csspart logo - Around the brand.
 * @csspart image - Around the brand images.
 */
export class KeyfoldFooter extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, footerStyles];

  protected override render(): TemplateResult {
    const { footer: words } = this.words;
    return html`<footer part="base">
      <div class="inner">
        <span part="logo"
          ><slot name="logo"><keyfold-brand .i18n=${this.i18n}></keyfold-brand></slot
        ></span>
        <div class="logos"><slot></slot></div>
        <div class="tiles" part="image"><slot name="image">${patternPalettes.map((palette) => patternTile(palette))}</slot></div>
      </div>
      <div class="legal"><span>${words.sealed}</span><span class="grow"></span><slot name="legal"></slot></div>
    </footer>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-footer": KeyfoldFooter;
  }
}
