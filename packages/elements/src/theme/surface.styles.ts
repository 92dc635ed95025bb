/** What things lie on: bars, the sheet with its turned corner, dialogs, sheets from below, strips, blank states. */
import { css } from "lit";

export const surfaceStyles = css`
  @layer parts {
    .bar {
      --_v: 0;
      --_sealed: 0;
      block-size: 4px;
      border-radius: 2px;
      background: var(--keyfold-well);
      overflow: hidden;
      position: relative;
      &::before,
      &::after {
        content: "";
        position: absolute;
        inset-block: 0;
        inset-inline-start: 0;
        border-radius: inherit;
      }
      &::before {
        inline-size: calc(var(--_sealed) * 1%);
        background: var(--keyfold-accent-line);
        opacity: 0.55;
      }
      &::after {
        inline-size: calc(var(--_v) * 1%);
        background: var(--keyfold-accent);
        transition: inline-size var(--keyfold-duration-slow) linear;
      }
      &.bad::after {
        background: var(--keyfold-danger);
      }
      &.warn::after {
        background: var(--keyfold-warning);
      }
      &.done::after {
        background: var(--keyfold-success);
      }
      &.thick {
        block-size: 6px;
        border-radius: 3px;
      }
    }

    .sheet-card {
      position: relative;
      background: var(--keyfold-surface);
      border: 1px solid var(--keyfold-border);
      border-radius: var(--keyfold-radius-large);
      border-start-end-radius: var(--keyfold-dogear);
    }

    @supports (corner-shape: bevel) {
      .sheet-card {
        corner-start-end-shape: bevel;
        &::after {
          content: "";
          position: absolute;
          inset-block-start: -1px;
          inset-inline-end: -1px;
          inline-size: var(--keyfold-dogear);
          block-size: var(--keyfold-dogear);
          pointer-events: none;
          background: linear-gradient(
            to top right,
            var(--_ear, var(--keyfold-well)) calc(50% - 0.7px),
            var(--_ear-line, var(--keyfold-border)) calc(50% - 0.7px) calc(50% + 0.3px),
            transparent calc(50% + 0.3px)
          );
          border-end-start-radius: var(--keyfold-radius-small);
          box-shadow: -1px 1px 0 0 var(--_ear-line, var(--keyfold-border));
        }
      }
      :host(:dir(rtl)) .sheet-card::after {
        background-image: linear-gradient(
          to top left,
          var(--_ear, var(--keyfold-well)) calc(50% - 0.7px),
          var(--_ear-line, var(--keyfold-border)) calc(50% - 0.7px) calc(50% + 0.3px),
          transparent calc(50% + 0.3px)
        );
        box-shadow: 1px 1px 0 0 var(--_ear-line, var(--keyfold-border));
      }
    }

    .dialog {
      background: var(--keyfold-raised);
      border: 1px solid light-dark(transparent, var(--keyfold-border));
      border-radius: calc(var(--keyfold-radius) * 2);
      box-shadow:
        var(--keyfold-shadow-3),
        0 0 0 1px light-dark(oklch(0.2 0.03 230 / 0.08), transparent);
      inline-size: min(620px, 100% - 32px);
      color: var(--keyfold-text);
      padding: 0;
      & > header {
        display: flex;
        align-items: start;
        gap: 12px;
        padding: 18px 14px 14px 24px;
        & h2 {
          flex: 1;
          font: 600 var(--keyfold-type-xl) var(--keyfold-font);
          letter-spacing: -0.008em;
        }
        & p {
          color: var(--keyfold-text-2);
          margin-block-start: 2px;
        }
      }
      & > .content {
        padding: 4px 24px 22px;
      }
      & > footer {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 14px 24px;
        border-block-start: 1px solid var(--keyfold-border);
        & .grow {
          flex: 1;
        }
      }
    }

    .scrim {
      position: absolute;
      inset: 0;
      background: light-dark(oklch(0.32 0.03 232 / 0.34), oklch(0.1 0.01 232 / 0.62));
      display: grid;
      place-items: center;
      z-index: 5;
    }

    .form {
      display: grid;
      gap: 14px;
      & label > .keyline {
        display: block;
        margin-block-end: 5px;
      }
    }

    .strip {
      display: grid;
      grid-template-columns: 20px minmax(0, 1fr) auto;
      gap: 2px 12px;
      align-items: center;
      padding: 12px 14px;
      border-radius: var(--keyfold-radius-large);
      border: 1px solid var(--keyfold-border);
      background: var(--keyfold-surface);
      font: var(--keyfold-type-s) var(--keyfold-font);
      & b {
        font: 600 var(--keyfold-type-m) var(--keyfold-font);
      }
      & p {
        grid-column: 2;
        color: var(--keyfold-text-2);
      }
      & > .icon {
        align-self: start;
      }
      & .acts {
        grid-column: 2 / -1;
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-block-start: 10px;
      }
      &.warn {
        background: var(--keyfold-warning-soft);
        border-color: var(--keyfold-warning-line);
        & > .icon,
        & b {
          color: var(--keyfold-warning-ink);
        }
        & p {
          color: var(--keyfold-text);
        }
      }
      &.bad {
        border-color: var(--keyfold-danger-line);
        & > .icon,
        & > b {
          color: var(--keyfold-danger-ink);
        }
      }
    }

    .blank {
      display: grid;
      justify-items: center;
      align-content: center;
      gap: 4px;
      text-align: center;
      padding: 32px 24px 36px;
      & > .icon {
        inline-size: 44px;
        block-size: 44px;
        stroke-width: 0.75;
        margin-block-end: 8px;
      }
      & h3 {
        font: 600 var(--keyfold-type-l) var(--keyfold-font);
      }
      & p {
        color: var(--keyfold-text-2);
        max-inline-size: 38ch;
      }
      & .choices {
        display: flex;
        gap: 8px;
        margin-block-start: 14px;
      }
    }

    .dialog,
    .sheet-up {
      animation: keyfold-rise var(--keyfold-duration-slow) var(--keyfold-ease) backwards;
    }
    .sheet-up {
      position: absolute;
      inset-inline: 0;
      inset-block-end: 0;
      background: var(--keyfold-raised);
      border-start-start-radius: 16px;
      border-start-end-radius: 16px;
      box-shadow: var(--keyfold-shadow-3);
      padding: 8px var(--keyfold-pad) calc(16px + env(safe-area-inset-bottom));
      max-block-size: 92%;
      overflow: auto;
      z-index: 6;
      &::before {
        content: "";
        display: block;
        inline-size: 36px;
        block-size: 4px;
        border-radius: 2px;
        background: var(--keyfold-border-strong);
        margin: 0 auto 10px;
        opacity: 0.7;
      }
    }

    /* the same two on <dialog>, with the browser's own top layer, focus and Escape */
    dialog.dialog,
    dialog.sheet-up {
      &:not([open]) {
        display: none;
      }
      &::backdrop {
        background: light-dark(oklch(0.32 0.03 232 / 0.34), oklch(0.1 0.01 232 / 0.62));
      }
    }
    dialog.dialog {
      margin: auto;
      max-block-size: calc(100dvh - 32px);
      overflow: auto;
    }
    dialog.sheet-up {
      position: fixed;
      inset: auto 0 0;
      margin: 0;
      border: 0;
      inline-size: 100%;
      max-inline-size: 100%;
      max-block-size: 92dvh;
      color: var(--keyfold-text);
    }
    @media (max-width: 659px) {
      dialog.dialog {
        margin-block-end: 0;
        inline-size: 100%;
        max-inline-size: 100%;
        border-end-start-radius: 0;
        border-end-end-radius: 0;
      }
    }

    /* a menu: [popover] list of buttons; the element sets --_x and --_y, or places it itself */
    .menu {
      position: fixed;
      inset: auto;
      margin: 0;
      padding: 4px;
      min-inline-size: 200px;
      max-inline-size: min(340px, 100vw - 16px);
      border: 1px solid light-dark(transparent, var(--keyfold-border));
      border-radius: var(--keyfold-radius-large);
      background: var(--keyfold-raised);
      color: var(--keyfold-text);
      box-shadow:
        var(--keyfold-shadow-2),
        0 0 0 1px light-dark(oklch(0.2 0.03 230 / 0.09), transparent);
      font: var(--keyfold-type-s) var(--keyfold-font);
      & [role^="menuitem"] {
        display: flex;
        align-items: center;
        gap: 10px;
        inline-size: 100%;
        min-block-size: var(--keyfold-control);
        padding: 0 10px 0 8px;
        border: 0;
        border-radius: var(--keyfold-radius);
        background: transparent;
        text-align: start;
        text-decoration: none;
        color: inherit;
        cursor: default;
        & .icon {
          inline-size: 18px;
          block-size: 18px;
          color: var(--keyfold-text-2);
        }
        & kbd {
          margin-inline-start: auto;
          padding-inline-start: 16px;
          font: var(--keyfold-type-xs) var(--keyfold-font);
          color: var(--keyfold-text-3);
        }
        &:hover,
        &:focus-visible {
          background: var(--keyfold-well);
        }
        &.danger,
        &.danger .icon {
          color: var(--keyfold-danger-ink);
        }
        &[aria-disabled="true"] {
          color: var(--keyfold-text-3);
        }
      }
      & hr {
        border: 0;
        border-block-start: 1px solid var(--keyfold-border);
        margin: 4px 0;
      }
    }

    @keyframes keyfold-rise {
      from {
        opacity: 0;
        translate: 0 12px;
      }
    }

    @media (forced-colors: active) {
      .sheet-card,
      .strip,
      .menu {
        border: 1px solid ButtonBorder;
      }
      .bar {
        border: 1px solid CanvasText;
        &::after {
          background: Highlight;
          forced-color-adjust: none;
        }
      }
    }
  }
`;
