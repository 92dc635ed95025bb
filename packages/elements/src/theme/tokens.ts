/**
 * The tokens of the look.
 *
 * Public tokens are the only ones that a page sets, on any ancestor or on the element itself. Their defaults are registered as initial values of custom
 * properties, so that a value from anywhere above wins and no rule is added to the page. What derives from them is computed on each element.
 *
 * @module
 */
import { css } from "lit";

const FONT = '-apple-system, "Segoe UI Variable Text", "Segoe UI", "Adwaita Sans", Cantarell, Ubuntu, Roboto, "Noto Sans", sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "Adwaita Mono", "Roboto Mono", "DejaVu Sans Mono", monospace';

/** Public tokens and their defaults. `--keyfold-focus-ring` has none: unset, the ring follows the accent of the element it is on. */
export const publicTokens: Readonly<Record<string, string>> = {
  "--keyfold-accent": "light-dark(oklch(0.42 0.078 222), oklch(0.755 0.068 216))",
  "--keyfold-surface": "light-dark(oklch(0.997 0.001 220), oklch(0.222 0.014 232))",
  "--keyfold-text": "light-dark(oklch(0.265 0.024 232), oklch(0.935 0.008 220))",
  "--keyfold-border": "light-dark(oklch(0.905 0.008 222), oklch(0.325 0.016 232))",
  "--keyfold-danger": "light-dark(oklch(0.52 0.165 27), oklch(0.76 0.125 26))",
  "--keyfold-warning": "light-dark(oklch(0.56 0.115 66), oklch(0.81 0.1 80))",
  "--keyfold-success": "light-dark(oklch(0.5 0.095 160), oklch(0.8 0.105 160))",
  "--keyfold-radius": "6px",
  "--keyfold-space": "4px",
  "--keyfold-font": FONT,
  "--keyfold-font-mono": MONO,
  "--keyfold-row-height": "40px",
  "--keyfold-duration": "160ms",
};

/** Registers the defaults once a page. Another copy of this package on the page may have done so already: then its defaults, the same ones, stay. */
export function registerTokens(): void {
  if (typeof CSS === "undefined" || typeof CSS.registerProperty !== "function") return;
  for (const [name, initialValue] of Object.entries(publicTokens)) {
    try {
      CSS.registerProperty({ name, syntax: "*", inherits: true, initialValue });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "InvalidModificationError")) throw error;
    }
  }
}

/** What is computed from the public tokens, on the element itself. Never set from outside. */
export const derivedTokens = css`
  @layer derived, base, parts, adapt;

  @layer derived {
    :host {
      /* ink that stays readable whatever accent a page picks */
      --keyfold-accent-ink: light-dark(
        oklch(from var(--keyfold-accent) min(l, 0.46) c h),
        oklch(from var(--keyfold-accent) max(l, 0.78) c h)
      );
      /* black or white by the accent's luminance (WCAG): at 0.179 both have 4.58:1, so text on any accent has 4.5:1 or more */
      --keyfold-accent-on: color(
        from var(--keyfold-accent) xyz-d65 calc(0.9505 * clamp(0, (0.179 - y) * 10000, 1)) clamp(0, (0.179 - y) * 10000, 1)
          calc(1.089 * clamp(0, (0.179 - y) * 10000, 1))
      );
      --keyfold-ring: var(--keyfold-focus-ring, 2px solid var(--keyfold-accent-ink));
      --keyfold-accent-hover: light-dark(
        oklch(from var(--keyfold-accent) calc(l - 0.055) c h),
        oklch(from var(--keyfold-accent) calc(l + 0.05) c h)
      );
      --keyfold-accent-soft: light-dark(
        color-mix(in oklab, var(--keyfold-accent) 9%, var(--keyfold-surface)),
        color-mix(in oklab, var(--keyfold-accent) 17%, var(--keyfold-surface))
      );
      --keyfold-accent-line: color-mix(in oklab, var(--keyfold-accent) 42%, var(--keyfold-surface));

      --keyfold-text-2: light-dark(
        oklch(from var(--keyfold-text) 0.465 calc(c * 0.9) h),
        oklch(from var(--keyfold-text) 0.765 calc(c * 1.8) h)
      );
      --keyfold-text-3: light-dark(
        oklch(from var(--keyfold-text) 0.535 calc(c * 0.75) h),
        oklch(from var(--keyfold-text) 0.68 calc(c * 1.8) h)
      );
      --keyfold-border-strong: light-dark(oklch(from var(--keyfold-border) 0.64 calc(c * 2) h), oklch(from var(--keyfold-border) 0.56 c h));
      --keyfold-sunken: light-dark(
        oklch(from var(--keyfold-surface) calc(l - 0.022) calc(c + 0.003) h),
        oklch(from var(--keyfold-surface) calc(l - 0.034) c h)
      );
      --keyfold-well: light-dark(
        oklch(from var(--keyfold-surface) calc(l - 0.05) calc(c + 0.006) h),
        oklch(from var(--keyfold-surface) calc(l + 0.05) calc(c + 0.002) h)
      );
      --keyfold-raised: light-dark(var(--keyfold-surface), oklch(from var(--keyfold-surface) calc(l + 0.03) c h));

      --keyfold-warning-ink: light-dark(
        oklch(from var(--keyfold-warning) 0.45 calc(c * 0.82) h),
        oklch(from var(--keyfold-warning) 0.85 c h)
      );
      --keyfold-warning-soft: light-dark(
        oklch(from var(--keyfold-warning) 0.962 calc(c * 0.34) calc(h + 18)),
        oklch(from var(--keyfold-warning) 0.285 calc(c * 0.38) h)
      );
      --keyfold-warning-line: light-dark(
        oklch(from var(--keyfold-warning) 0.85 calc(c * 0.65) calc(h + 12)),
        oklch(from var(--keyfold-warning) 0.44 calc(c * 0.6) h)
      );
      --keyfold-danger-ink: light-dark(oklch(from var(--keyfold-danger) 0.48 c h), oklch(from var(--keyfold-danger) 0.8 c h));
      --keyfold-danger-soft: light-dark(
        oklch(from var(--keyfold-danger) 0.965 calc(c * 0.12) h),
        oklch(from var(--keyfold-danger) 0.285 calc(c * 0.4) h)
      );
      --keyfold-danger-line: light-dark(
        oklch(from var(--keyfold-danger) 0.86 calc(c * 0.4) h),
        oklch(from var(--keyfold-danger) 0.46 calc(c * 0.7) h)
      );
      --keyfold-success-ink: light-dark(oklch(from var(--keyfold-success) 0.44 c h), oklch(from var(--keyfold-success) 0.83 c h));
      --keyfold-success-soft: light-dark(
        oklch(from var(--keyfold-success) 0.965 calc(c * 0.26) h),
        oklch(from var(--keyfold-success) 0.285 calc(c * 0.42) h)
      );

      /* space: a 4 px grid */
      --keyfold-space-1: var(--keyfold-space);
      --keyfold-space-2: calc(var(--keyfold-space) * 2);
      --keyfold-space-3: calc(var(--keyfold-space) * 3);
      --keyfold-space-4: calc(var(--keyfold-space) * 4);
      --keyfold-space-5: calc(var(--keyfold-space) * 5);
      --keyfold-space-6: calc(var(--keyfold-space) * 6);
      --keyfold-space-8: calc(var(--keyfold-space) * 8);
      --keyfold-space-12: calc(var(--keyfold-space) * 12);
      --keyfold-pad: var(--keyfold-space-5);

      --keyfold-radius-small: calc(var(--keyfold-radius) * 0.667);
      --keyfold-radius-large: calc(var(--keyfold-radius) * 1.667);
      --keyfold-dogear: calc(var(--keyfold-radius) * 2 + 6px);

      /* type: size/line height, seven steps */
      --keyfold-type-xs: 0.75rem/1rem;
      --keyfold-type-s: 0.8125rem/1.125rem;
      --keyfold-type-m: 0.875rem/1.25rem;
      --keyfold-type-l: 1rem/1.5rem;
      --keyfold-type-xl: 1.1875rem/1.625rem;
      --keyfold-type-2xl: 1.5rem/1.875rem;
      --keyfold-type-3xl: 2rem/2.375rem;

      /* heights: what is pressed, and a row of a list; fingers need more (below) */
      --keyfold-control: 32px;
      --keyfold-target: 32px;
      --keyfold-row: var(--keyfold-row-height);

      --keyfold-duration-slow: calc(var(--keyfold-duration) * 2);
      --keyfold-duration-fold: calc(var(--keyfold-duration) * 3);
      --keyfold-ease: cubic-bezier(0.2, 0, 0, 1);
      --keyfold-ease-fold: cubic-bezier(0.6, 0, 0.15, 1);

      --keyfold-shade: light-dark(oklch(0.25 0.04 235 / 0.1), oklch(0 0 0 / 0.45));
      --keyfold-shadow-1: 0 1px 2px var(--keyfold-shade);
      --keyfold-shadow-2: 0 2px 4px -1px var(--keyfold-shade), 0 8px 20px -6px var(--keyfold-shade);
      --keyfold-shadow-3:
        0 4px 10px -4px var(--keyfold-shade), 0 28px 64px -16px light-dark(oklch(0.25 0.04 235 / 0.32), oklch(0 0 0 / 0.7));

      /* file kinds: one lightness, one chroma, seven hues */
      --keyfold-kind: light-dark(oklch(0.52 0.065 220), oklch(0.76 0.06 220));
      --keyfold-kind-image: oklch(from var(--keyfold-kind) l c 165);
      --keyfold-kind-video: oklch(from var(--keyfold-kind) l c 290);
      --keyfold-kind-page: oklch(from var(--keyfold-kind) l c 30);
      --keyfold-kind-table: oklch(from var(--keyfold-kind) l c 140);
      --keyfold-kind-audio: oklch(from var(--keyfold-kind) l c 350);
      --keyfold-kind-code: oklch(from var(--keyfold-kind) l c 75);
    }

    @media (pointer: coarse) {
      :host {
        --keyfold-control: 44px;
        --keyfold-target: 44px;
        --keyfold-row: max(var(--keyfold-row-height), 56px);
      }
    }
    @media (prefers-reduced-motion: reduce) {
      :host {
        --keyfold-duration: 0.01ms;
      }
    }
    @media (prefers-contrast: more) {
      :host {
        --keyfold-border: light-dark(oklch(0.58 0.016 222), oklch(0.62 0.016 232));
        --keyfold-border-strong: var(--keyfold-text);
        --keyfold-text-2: var(--keyfold-text);
        --keyfold-text-3: var(--keyfold-text);
      }
    }
  }
`;
