/** The plate: eight numbered rows, always left to right; one row to type back, in cells. */
import { css } from "lit";

export const plateStyles = css`
  .plate {
    --keyfold-dogear: 28px;
    inline-size: 346px;
    max-inline-size: 100%;
    --_ear: var(--keyfold-sunken);
    padding: 14px 18px 12px;
    background: var(--keyfold-surface);
    border-color: var(--keyfold-border-strong);
    --_ear-line: var(--keyfold-border-strong);
    & header {
      display: flex;
      align-items: baseline;
      gap: 8px;
      padding-inline-end: 24px;
      padding-block-end: 10px;
      border-block-end: 1px solid var(--keyfold-border);
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
      & b {
        font-weight: 600;
        color: var(--keyfold-text);
        flex: 1;
      }
    }
    & ol {
      display: grid;
      grid-template-columns: auto repeat(3, auto) minmax(0, 1fr);
      column-gap: 0;
      font: 500 1.125rem/1 var(--keyfold-font-mono);
      direction: ltr;
    }
    & li {
      display: grid;
      grid-template-columns: subgrid;
      grid-column: 1 / -1;
      align-items: center;
      min-block-size: 33px;
      position: relative;
    }
    & li + li {
      border-block-start: 1px solid color-mix(in oklab, var(--keyfold-border) 70%, var(--keyfold-surface));
    }
    & li::before {
      content: attr(data-row);
      font: 500 var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-3);
      inline-size: 28px;
    }
    & .group {
      letter-spacing: 0.09em;
      padding-inline-end: 0;
    }
    & .group + .group::before {
      content: "–";
      color: var(--keyfold-text-3);
      padding-inline: 7px 8px;
      letter-spacing: 0;
      font-weight: 400;
    }
    &.masked .group {
      color: var(--keyfold-text-3);
    }
    & footer {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 8px;
      padding-block-start: 10px;
      margin-block-start: 2px;
      border-block-start: 1px solid var(--keyfold-border);
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
    }
    & .wrong {
      color: var(--keyfold-danger-ink);
      background: var(--keyfold-danger-soft);
      box-shadow: 0 2px 0 0 var(--keyfold-danger);
      border-radius: 2px 2px 0 0;
      padding: 4px 0;
    }
    & li.bad::before {
      color: var(--keyfold-danger-ink);
      font-weight: 700;
    }
    & li .flag {
      position: absolute;
      inset-inline-end: 0;
    }
  }

  .row-input {
    display: flex;
    align-items: center;
    gap: 10px;
    direction: ltr;
    font: 500 1.25rem/1 var(--keyfold-font-mono);
    flex-wrap: wrap;
    & .cells {
      display: grid;
      grid-template-columns: repeat(5, 1fr);
      border: 1px solid var(--keyfold-border-strong);
      border-radius: var(--keyfold-radius);
      background: var(--keyfold-surface);
      overflow: hidden;
    }
    & .cells.now {
      outline: var(--keyfold-ring);
      outline-offset: 1px;
      border-color: transparent;
    }
    & .cells span {
      inline-size: 30px;
      block-size: 44px;
      display: grid;
      place-items: center;
      border-inline-start: 1px solid var(--keyfold-border);
    }
    & .cells span:first-child {
      border-inline-start: 0;
    }
    & .cells .caret::before {
      content: "";
      inline-size: 2px;
      block-size: 22px;
      background: var(--keyfold-accent-ink);
    }
    & .cells .wrong {
      background: var(--keyfold-danger-soft);
      color: var(--keyfold-danger-ink);
      box-shadow: inset 0 -2px 0 var(--keyfold-danger);
    }
    & .cells.ok {
      border-color: var(--keyfold-success);
      & span {
        background: var(--keyfold-success-soft);
        border-color: color-mix(in oklab, var(--keyfold-success) 25%, var(--keyfold-surface));
      }
    }
  }

  @media (pointer: coarse) {
    .plate li {
      min-block-size: 36px;
    }
  }
  @media (forced-colors: active) {
    .plate {
      border: 1px solid CanvasText;
    }
  }
`;
