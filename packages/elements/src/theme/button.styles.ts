/** What is pressed: buttons with words, with an icon alone, and a row of them of which one is on. */
import { css } from "lit";

export const buttonStyles = css`
  @layer parts {
    .button {
      --_fill: var(--keyfold-surface);
      --_ink: var(--keyfold-text);
      --_line: var(--keyfold-border-strong);
      display: inline-flex;
      align-items: center;
      justify-content: center;
      gap: 6px;
      min-block-size: var(--keyfold-control);
      padding: 0 var(--keyfold-space-3);
      border: 1px solid color-mix(in oklab, var(--_line) 72%, var(--keyfold-surface));
      border-radius: var(--keyfold-radius);
      background: var(--_fill);
      color: var(--_ink);
      font: 500 var(--keyfold-type-s) var(--keyfold-font);
      text-decoration: none;
      white-space: nowrap;
      cursor: default;
      /* only while someone interacts: at load a transition would start from the browser's own grey */
      &:is(:hover, :active, :focus-visible) {
        transition:
          background var(--keyfold-duration) var(--keyfold-ease),
          border-color var(--keyfold-duration) var(--keyfold-ease);
      }
      &:hover {
        background: var(--keyfold-well);
      }
      & .icon {
        inline-size: 18px;
        block-size: 18px;
        margin-inline-start: -3px;
      }
      & .icon:last-child:not(:first-child) {
        margin-inline: 0 -3px;
      }
      &.primary {
        --_fill: var(--keyfold-accent);
        --_ink: var(--keyfold-accent-on);
        border-color: transparent;
        box-shadow: var(--keyfold-shadow-1);
        &:hover {
          background: var(--keyfold-accent-hover);
        }
      }
      &.quiet {
        --_fill: transparent;
        border-color: transparent;
        &:hover {
          background: var(--keyfold-well);
        }
      }
      &.tinted {
        --_fill: var(--keyfold-accent-soft);
        --_ink: var(--keyfold-accent-ink);
        border-color: transparent;
      }
      &.danger {
        --_ink: var(--keyfold-danger-ink);
      }
      &.large {
        min-block-size: 40px;
        padding-inline: var(--keyfold-space-4);
        font: 500 var(--keyfold-type-m) var(--keyfold-font);
      }
      &.wide {
        inline-size: 100%;
      }
      &[disabled],
      &[aria-disabled="true"] {
        --_fill: transparent;
        --_ink: var(--keyfold-text-3);
        border: 1px dashed color-mix(in oklab, var(--keyfold-border-strong) 60%, var(--keyfold-surface));
        box-shadow: none;
        background: transparent;
        cursor: not-allowed;
      }
    }

    .icon-button {
      display: inline-grid;
      place-items: center;
      inline-size: var(--keyfold-target);
      block-size: var(--keyfold-target);
      padding: 0;
      flex: none;
      border: 0;
      border-radius: var(--keyfold-radius);
      background: transparent;
      color: var(--keyfold-text-2);
      cursor: default;
      position: relative;
      &:hover {
        background: var(--keyfold-well);
        color: var(--keyfold-text);
      }
      &[aria-pressed="true"] {
        background: var(--keyfold-surface);
        color: var(--keyfold-text);
        box-shadow:
          var(--keyfold-shadow-1),
          0 0 0 1px var(--keyfold-border);
      }
    }

    .segmented {
      display: inline-flex;
      gap: 2px;
      padding: 2px;
      border-radius: calc(var(--keyfold-radius) + 2px);
      background: var(--keyfold-well);
      & .icon-button {
        inline-size: 32px;
        block-size: 28px;
        border-radius: var(--keyfold-radius-small);
      }
    }

    @media (pointer: coarse) {
      .segmented .icon-button {
        inline-size: 44px;
        block-size: 44px;
      }
      .button.large {
        min-block-size: 48px;
      }
    }

    @media (forced-colors: active) {
      .button .icon {
        color: inherit;
      }
      .button {
        border: 1px solid ButtonBorder;
      }
      .button[disabled],
      .button[aria-disabled="true"] {
        color: GrayText;
        border: 1px dashed GrayText;
      }
      .button.primary {
        background: Highlight;
        color: HighlightText;
        forced-color-adjust: none;
      }
      .icon-button[aria-pressed="true"] {
        outline: 2px solid Highlight;
        outline-offset: -2px;
      }
    }
  }
`;
