/** What every element of ours starts from, and the small words of the sheet: icon, mono, muted, facts, clipped names. */
import { css } from "lit";

export const baseStyles = css`
  @layer base {
    *,
    ::before,
    ::after {
      box-sizing: border-box;
    }
    :host {
      display: block;
      font: 400 var(--keyfold-type-m) var(--keyfold-font);
      color: var(--keyfold-text);
      text-align: start;
      -webkit-font-smoothing: antialiased;
      -webkit-text-size-adjust: 100%;
      text-size-adjust: 100%;
    }
    :host([hidden]),
    [hidden] {
      display: none !important;
    }
    :where(h1, h2, h3, h4, p, ul, ol, dl, dd, figure, fieldset) {
      margin: 0;
      padding: 0;
    }
    :where(fieldset) {
      border: 0;
      min-inline-size: 0;
    }
    :where(ul, ol) {
      list-style: none;
    }
    :where(button, input, select, textarea) {
      font: inherit;
      color: inherit;
      letter-spacing: inherit;
    }
    :where(a) {
      color: var(--keyfold-accent-ink);
      text-decoration-line: underline;
      text-decoration-thickness: 1px;
      text-underline-offset: 0.2em;
      text-decoration-color: var(--keyfold-accent-line);
    }
    :where(a:hover) {
      text-decoration-color: currentColor;
    }
    :where(h1, h2, h3) {
      text-wrap: balance;
      font-weight: 600;
    }
    :where(p, small, dd, .message) {
      text-wrap: pretty;
    }
    bdi {
      unicode-bidi: isolate;
    }
    :focus-visible {
      outline: var(--keyfold-ring);
      outline-offset: 2px;
    }

    .icon {
      inline-size: 20px;
      block-size: 20px;
      flex: none;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.5;
      stroke-linecap: round;
      stroke-linejoin: round;
      display: block;
    }
    .icon .crease {
      stroke-dasharray: 0.01 2.3;
      stroke-width: 1.4;
    }
    .icon.mini {
      inline-size: 16px;
      block-size: 16px;
      stroke-width: 1.75;
    }
    :host(:dir(rtl)) :is(.icon.flip, .flip > .icon) {
      scale: -1 1;
    }

    .visually-hidden {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }
    .mono {
      font-family: var(--keyfold-font-mono);
      font-variant-numeric: tabular-nums slashed-zero;
      font-feature-settings: "zero";
      font-variant-ligatures: none;
    }
    .num {
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .muted {
      color: var(--keyfold-text-2);
    }
    .small {
      font: var(--keyfold-type-s) var(--keyfold-font);
    }
    .tiny {
      font: var(--keyfold-type-xs) var(--keyfold-font);
    }
    .strong {
      font-weight: 600;
    }
    .grow {
      flex: 1;
    }

    .kind-image {
      color: var(--keyfold-kind-image);
    }
    .kind-video {
      color: var(--keyfold-kind-video);
    }
    .kind-page {
      color: var(--keyfold-kind-page);
    }
    .kind-table {
      color: var(--keyfold-kind-table);
    }
    .kind-audio {
      color: var(--keyfold-kind-audio);
    }
    .kind-code {
      color: var(--keyfold-kind-code);
    }
    .kind-text {
      color: var(--keyfold-kind);
    }
    .kind-folder {
      color: var(--keyfold-accent-ink);
    }
    .kind-folder.open {
      color: var(--keyfold-warning-ink);
    }
    svg.kind-folder {
      fill: color-mix(in oklab, var(--keyfold-accent) 24%, var(--keyfold-surface));
    }
    svg.kind-folder.open {
      fill: none;
    }

    .thumb {
      inline-size: 28px;
      block-size: 28px;
      border-radius: var(--keyfold-radius-small);
      overflow: hidden;
      flex: none;
      box-shadow: inset 0 0 0 1px var(--keyfold-border);
      position: relative;
      display: block;
    }
    .thumb::after {
      content: "";
      position: absolute;
      inset: 0;
      border-radius: inherit;
      box-shadow: inset 0 0 0 1px oklch(0.2 0.02 230 / 0.12);
    }
    .art {
      display: block;
      inline-size: 100%;
      block-size: 100%;
      object-fit: cover;
    }

    /* names are clipped in the middle, so that the ending stays readable */
    .clip {
      display: inline-flex;
      max-inline-size: 100%;
      vertical-align: bottom;
      min-inline-size: 0;
      white-space: pre;
      & > span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
        min-inline-size: 0;
      }
      & > span:last-child {
        flex: none;
      }
    }

    .keyline {
      font: 600 var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
      letter-spacing: 0.01em;
    }
    .facts {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 7px var(--keyfold-space-4);
      font: var(--keyfold-type-s) var(--keyfold-font);
      font-variant-numeric: tabular-nums;
      & dt {
        color: var(--keyfold-text-2);
      }
      & dd {
        text-align: end;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
    }
    .divider {
      border: 0;
      border-block-start: 1px solid var(--keyfold-border);
      margin: 0;
    }

    @media (forced-colors: active) {
      .icon {
        color: CanvasText;
      }
    }
  }
`;
