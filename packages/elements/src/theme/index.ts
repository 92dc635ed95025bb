/** The look that all elements share: `static styles = [theme, ownStyles]`. Own styles are unlayered, so they win over everything here. */
import type { CSSResult } from "lit";
import { baseStyles } from "./base.styles.ts";
import { buttonStyles } from "./button.styles.ts";
import { checkStyles } from "./check.styles.ts";
import { chipStyles } from "./chip.styles.ts";
import { dialogStyles } from "./dialog.styles.ts";
import { fieldStyles } from "./field.styles.ts";
import { markStyles } from "./mark.styles.ts";
import { menuStyles } from "./menu.styles.ts";
import { progressStyles } from "./progress.styles.ts";
import { surfaceStyles } from "./surface.styles.ts";
import { tagStyles } from "./tag.styles.ts";
import { derivedTokens } from "./tokens.ts";

export { publicTokens, registerTokens } from "./tokens.ts";

export const theme: readonly CSSResult[] = [
  derivedTokens,
  baseStyles,
  buttonStyles,
  tagStyles,
  fieldStyles,
  checkStyles,
  chipStyles,
  progressStyles,
  surfaceStyles,
  dialogStyles,
  menuStyles,
  markStyles,
];
