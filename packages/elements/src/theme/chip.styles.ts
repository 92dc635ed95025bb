/** The small round buttons that narrow down what is looked for. */
import { css } from "lit";

export const chipStyles = css`
  @layer parts {
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

    @media (pointer: coarse) {
      .chip {
        min-block-size: 44px;
        border-radius: 22px;
        padding-inline: 14px;
      }
    }

    @media (forced-colors: active) {
      .chip {
        border: 1px solid ButtonBorder;
      }
    }
  }
`;
