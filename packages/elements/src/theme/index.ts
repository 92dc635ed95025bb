/** The look that all elements share: `static styles = [theme, ownStyles]`. Own styles are unlayered, so they win over everything here. */
import type { CSSResult } from "lit";
import { baseStyles } from "./base.styles.ts";
import { controlStyles } from "./controls.styles.ts";
import { markStyles } from "./mark.styles.ts";
import { surfaceStyles } from "./surface.styles.ts";
import { derivedTokens } from "./tokens.ts";

export { publicTokens, registerTokens } from "./tokens.ts";

export const theme: readonly CSSResult[] = [derivedTokens, baseStyles, controlStyles, surfaceStyles, markStyles];
