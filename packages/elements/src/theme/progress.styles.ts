/** How far something is: the bar, what was sealed before what was sent. */
import { css } from "lit";

export const progressStyles = css`
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

    @media (forced-colors: active) {
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
