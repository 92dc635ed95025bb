import { css } from "lit";

export const statusStyles = css`
  :host {
    font: var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
    font-variant-numeric: tabular-nums;
  }
  .base {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--keyfold-space-3);
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 6px;
  }
  .dot {
    inline-size: 7px;
    block-size: 7px;
    border-radius: 50%;
    background: var(--keyfold-success);
    flex: none;
    margin-inline: 4px 5px;
    &.wait {
      background: transparent;
      box-shadow: inset 0 0 0 1.5px var(--keyfold-warning-ink);
    }
  }
  .usage {
    display: grid;
    gap: 6px;
  }
  .strip {
    color: var(--keyfold-text);
  }

  /* A long button below the words, where it would leave them no room. */
  .base {
    container: keyfold-status / inline-size;
  }
  @container keyfold-status (inline-size < 520px) {
    .strip {
      grid-template-columns: 20px minmax(0, 1fr);
    }
    .strip > :is(p, .lost, .timeline, .button) {
      grid-column: 2;
    }
    .strip > .button {
      order: 1;
      justify-self: start;
      margin-block-start: 10px;
    }
  }

  .lost {
    grid-column: 2 / -1;
    margin: 6px 0 0;
    padding-inline-start: 18px;
    max-block-size: 30vb;
    overflow: auto;
    & li {
      overflow-wrap: anywhere;
    }
  }

  .timeline {
    grid-column: 2 / -1;
    margin-block-start: 10px;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 8px 12px;
    align-items: center;
    font: var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & b {
      font: 500 var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text);
    }
    & .track {
      display: flex;
      align-items: center;
      block-size: 14px;
      position: relative;
      justify-content: space-between;
      padding-inline-end: calc(var(--_short, 0) * 1%);
      &::before {
        content: "";
        position: absolute;
        inset-inline: 0 calc(var(--_short, 0) * 1%);
        block-size: 2px;
        background: var(--keyfold-border-strong);
      }
      & i {
        inline-size: 9px;
        block-size: 9px;
        border-radius: 50%;
        background: var(--keyfold-border-strong);
        position: relative;
        box-shadow: 0 0 0 2px var(--keyfold-surface);
      }
      &.mine i {
        background: var(--keyfold-accent);
      }
      & i.end {
        background: var(--keyfold-danger);
      }
    }
  }
  @media (forced-colors: active) {
    .dot {
      border: 2px solid CanvasText;
    }
    .strip {
      border: 1px solid CanvasText;
    }
  }
`;
