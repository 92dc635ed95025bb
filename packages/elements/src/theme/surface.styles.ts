/** What things lie on: the sheet with its turned corner, strips, blank states. */
import { css } from "lit";

export const surfaceStyles = css`
  @layer parts {
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

    @media (forced-colors: active) {
      .sheet-card,
      .strip {
        border: 1px solid ButtonBorder;
      }
    }
  }
`;
