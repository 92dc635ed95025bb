/** The small words that say what state a thing is in. */
import { css } from "lit";

export const tagStyles = css`
  @layer parts {
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

    @media (forced-colors: active) {
      .tag {
        border: 1px solid ButtonBorder;
      }
    }
  }
`;
