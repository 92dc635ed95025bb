/** What is on or off: switches, checkboxes, and choices of which one is on. */
import { css } from "lit";

export const checkStyles = css`
  @layer parts {
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

    @media (pointer: coarse) {
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
