/** What rows, cards and toolbar stand in: the place that scrolls, what is dropped on it, the line below. */
import { css } from "lit";
import { blankStyles } from "./list-blank.styles.ts";
import { cardStyles } from "./list-card.styles.ts";
import { nameStyles } from "./list-name.styles.ts";
import { rowStyles } from "./list-row.styles.ts";
import { toolbarStyles } from "./list-toolbar.styles.ts";

const place = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    max-block-size: 100dvh;
    container: keyfold-list / inline-size;
    font-variant-numeric: tabular-nums;
    background: var(--keyfold-surface);
    position: relative;
  }
  .body {
    flex: 1;
    min-block-size: 120px;
    overflow: auto;
    overflow-anchor: none;
    outline: 0;
    position: relative;
    &.over::after {
      content: "";
      position: sticky;
      display: block;
      inset-block: 0;
      block-size: 0;
    }
  }
  .dropping {
    position: absolute;
    inset: 52px 8px 8px;
    z-index: 3;
    border: 2px dashed var(--keyfold-accent);
    border-radius: var(--keyfold-radius-large);
    background: color-mix(in oklab, var(--keyfold-accent-soft) 60%, transparent);
    display: grid;
    place-items: end center;
    padding: 20px;
    pointer-events: none;
    & span {
      padding: 8px 14px;
      border-radius: var(--keyfold-radius);
      background: var(--keyfold-accent);
      color: var(--keyfold-accent-on);
      font: 500 var(--keyfold-type-s) var(--keyfold-font);
      max-inline-size: 100%;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
  }
  .status {
    flex: none;
    display: flex;
    align-items: center;
    gap: var(--keyfold-space-2);
    min-block-size: 40px;
    padding-inline: var(--keyfold-pad) calc(var(--keyfold-pad) - 8px);
    border-block-start: 1px solid var(--keyfold-border);
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & .say {
      flex: 1;
      min-inline-size: 0;
      overflow-wrap: anywhere;
    }
    &.bad .say {
      color: var(--keyfold-danger-ink);
    }
  }
  .gap {
    grid-column: 1 / -1;
    block-size: calc(var(--_gap) * 1px);
  }
  .more-found {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: var(--keyfold-space-3);
    padding: var(--keyfold-space-3) var(--keyfold-pad);
  }
  @media (pointer: coarse) {
    .checkbox:checked {
      background-clip: padding-box;
    }
  }
  @media (forced-colors: active) {
    .dropping {
      background: none;
    }
  }
`;

export const listStyles = [place, toolbarStyles, blankStyles, rowStyles, nameStyles, cardStyles];
