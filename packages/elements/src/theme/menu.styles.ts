/** A list of what can be done, above what it is about. */
import { css } from "lit";

export const menuStyles = css`
  @layer parts {
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

    @media (forced-colors: active) {
      .menu {
        border: 1px solid ButtonBorder;
      }
    }
  }
`;
