/** What is pressed, typed into and switched: buttons, fields, switches, checkboxes, choices, chips, tags. */
import { css } from "lit";

export const controlStyles = css`
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

    .tag {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      min-block-size: 20px;
      padding: 0 6px 0 4px;
      border-radius: var(--keyfold-radius-small);
      font: 500 var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
      background: var(--keyfold-well);
      white-space: nowrap;
      & .icon {
        inline-size: 14px;
        block-size: 14px;
        stroke-width: 2;
      }
      &.open {
        color: var(--keyfold-warning-ink);
        background: var(--keyfold-warning-soft);
      }
      &.sealed {
        color: var(--keyfold-accent-ink);
        background: var(--keyfold-accent-soft);
      }
      &.good {
        color: var(--keyfold-success-ink);
        background: var(--keyfold-success-soft);
      }
      &.bad {
        color: var(--keyfold-danger-ink);
        background: var(--keyfold-danger-soft);
      }
      &.bare {
        background: transparent;
        padding-inline: 0;
      }
      &.text {
        padding-inline: 6px;
      }
    }

    .field {
      display: flex;
      align-items: center;
      gap: var(--keyfold-space-2);
      min-block-size: var(--keyfold-control);
      padding-inline: 10px;
      border: 1px solid var(--keyfold-border-strong);
      border-radius: var(--keyfold-radius);
      background: var(--keyfold-surface);
      color: var(--keyfold-text);
      & .icon {
        color: var(--keyfold-text-2);
        inline-size: 18px;
        block-size: 18px;
      }
      & input {
        flex: 1;
        min-inline-size: 0;
        border: 0;
        padding: 0;
        background: transparent;
        outline: 0;
        block-size: 100%;
      }
      & input::placeholder {
        color: var(--keyfold-text-3);
        opacity: 1;
      }
      &:focus-within {
        outline: var(--keyfold-ring);
        outline-offset: -1px;
        border-color: transparent;
      }
      &:hover {
        border-color: var(--keyfold-text-3);
      }
    }

    .switch {
      display: grid;
      grid-template-columns: 1fr auto;
      align-items: center;
      gap: 2px var(--keyfold-space-3);
      cursor: default;
      & input {
        appearance: none;
        margin: 0;
        inline-size: 36px;
        block-size: 22px;
        border-radius: 11px;
        background: var(--keyfold-border-strong);
        position: relative;
        grid-column: 2;
        grid-row: 1;
      }
      & input::before {
        content: "";
        position: absolute;
        inset-block-start: 3px;
        inset-inline-start: 3px;
        inline-size: 16px;
        block-size: 16px;
        border-radius: 8px;
        background: oklch(1 0 0);
        box-shadow: 0 1px 2px oklch(0 0 0 / 0.25);
      }
      &:is(:hover, :focus-within) input {
        transition: background var(--keyfold-duration) var(--keyfold-ease);
      }
      &:is(:hover, :focus-within) input::before {
        transition: translate var(--keyfold-duration) var(--keyfold-ease);
      }
      & input:checked {
        background: var(--keyfold-accent);
      }
      & input:checked::before {
        translate: 14px 0;
        background: var(--keyfold-accent-on);
      }
      & strong {
        font-weight: 500;
        grid-column: 1;
        grid-row: 1;
      }
      & small {
        grid-column: 1;
        font: var(--keyfold-type-xs) var(--keyfold-font);
        color: var(--keyfold-text-2);
      }
      :host(:dir(rtl)) & input:checked::before {
        translate: -14px 0;
      }
    }

    .checkbox {
      appearance: none;
      position: relative;
      margin: 0;
      inline-size: 18px;
      block-size: 18px;
      flex: none;
      border: 1.5px solid var(--keyfold-border-strong);
      border-radius: var(--keyfold-radius-small);
      background: var(--keyfold-surface);
      display: grid;
      place-items: center;
      vertical-align: middle;
      &:checked {
        background: var(--keyfold-accent);
        border-color: var(--keyfold-accent);
      }
      &:checked::before {
        content: "";
        inline-size: 9px;
        block-size: 5px;
        border: solid var(--keyfold-accent-on);
        border-width: 0 0 2px 2px;
        rotate: -45deg;
        translate: 0 -1px;
      }
    }

    .choice {
      display: grid;
      grid-template-columns: 20px 1fr;
      gap: 0 10px;
      align-items: start;
      align-content: start;
      padding: 8px 0;
      & input {
        appearance: none;
        margin: 1px 0 0;
        inline-size: 18px;
        block-size: 18px;
        border-radius: 50%;
        border: 1.5px solid var(--keyfold-border-strong);
        &:checked {
          border: 5.5px solid var(--keyfold-accent);
        }
      }
      & small {
        font: var(--keyfold-type-xs) var(--keyfold-font);
        color: var(--keyfold-text-2);
        grid-column: 2;
      }
    }

    .chips {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--keyfold-space-2);
    }

    .chip {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      min-block-size: 28px;
      padding-inline: 10px;
      border-radius: 14px;
      border: 1px solid var(--keyfold-border-strong);
      border-color: color-mix(in oklab, var(--keyfold-border-strong) 70%, var(--keyfold-surface));
      background: var(--keyfold-surface);
      font: 500 var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
      cursor: default;
      white-space: nowrap;
      & .icon {
        inline-size: 14px;
        block-size: 14px;
        stroke-width: 2;
        margin-inline-end: -3px;
      }
      &:hover {
        background: var(--keyfold-well);
      }
      &[aria-pressed="true"] {
        background: var(--keyfold-accent-soft);
        border-color: var(--keyfold-accent-line);
        color: var(--keyfold-accent-ink);
      }
    }

    /* a select in a .field: its own arrow, drawn by an icon beside it */
    .field select {
      appearance: none;
      flex: 1;
      min-inline-size: 0;
      border: 0;
      padding: 0;
      background: transparent;
      outline: 0;
    }

    @media (pointer: coarse) {
      .chip {
        min-block-size: 44px;
        border-radius: 22px;
        padding-inline: 14px;
      }
      .segmented .icon-button {
        inline-size: 44px;
        block-size: 44px;
      }
      .button.large {
        min-block-size: 48px;
      }
      /* 44 px to the finger, 22 px to the eye: the transparent border is part of the target */
      .checkbox {
        inline-size: 44px;
        block-size: 44px;
        margin: -11px;
        border: 11px solid transparent;
        border-radius: calc(var(--keyfold-radius-small) + 11px);
        background-clip: padding-box;
        box-shadow: inset 0 0 0 1.5px var(--keyfold-border-strong);
        &:checked {
          border-color: transparent;
          box-shadow: none;
        }
      }
      .choice,
      .switch {
        min-block-size: 44px;
      }
    }

    @media (forced-colors: active) {
      .button .icon {
        color: inherit;
      }
      .button,
      .chip,
      .tag {
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
      .checkbox {
        border: 1.5px solid ButtonText;
        border-radius: var(--keyfold-radius-small);
      }
      .switch input {
        border: 1px solid ButtonText;
      }
      .switch input:checked {
        background: Highlight;
      }
    }
  }
`;
