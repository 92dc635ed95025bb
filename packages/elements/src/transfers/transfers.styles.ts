import { css } from "lit";

export const transfersStyles = css`
  :host {
    container: keyfold-transfers / inline-size;
    font-variant-numeric: tabular-nums;
    min-inline-size: 0;
  }
  :host([empty]) {
    display: none;
  }
  .total {
    block-size: 2px;
    border-radius: 0;
  }
  .head {
    display: flex;
    align-items: center;
    gap: var(--keyfold-space-3);
    min-block-size: 44px;
    padding-inline: var(--keyfold-pad) calc(var(--keyfold-pad) - 6px);
    & h2 {
      font: 600 var(--keyfold-type-s) var(--keyfold-font);
      white-space: nowrap;
    }
    & .sum {
      color: var(--keyfold-text-2);
      font: var(--keyfold-type-s) var(--keyfold-font);
      flex: 1;
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
  }
  .scroll {
    max-block-size: min(152px, 30dvh);
    overflow: auto;
    overflow-anchor: none;
  }
  .items {
    display: grid;
    grid-template-columns: 24px minmax(120px, 1.35fr) minmax(72px, 1fr) 104px 74px 60px auto;
    column-gap: var(--keyfold-space-3);
    padding-inline: var(--keyfold-pad) calc(var(--keyfold-pad) - 6px);
    padding-block-end: var(--keyfold-space-2);
  }
  .item {
    display: grid;
    grid-template-columns: subgrid;
    grid-column: 1 / -1;
    align-items: center;
    min-block-size: 36px;
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & .name {
      color: var(--keyfold-text);
      overflow: hidden;
      white-space: nowrap;
    }
    & .icon {
      inline-size: 18px;
      block-size: 18px;
    }
    & > .icon {
      justify-self: center;
    }
    & .thumb {
      inline-size: 24px;
      block-size: 24px;
    }
    & .end {
      text-align: end;
    }
    & .buttons {
      display: flex;
      justify-content: end;
      gap: 2px;
    }
    & .icon-button {
      inline-size: 28px;
      block-size: 28px;
    }
    & .say {
      grid-column: span 3;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    &.failed .say {
      color: var(--keyfold-danger-ink);
    }
    &.done .buttons .icon {
      color: var(--keyfold-success-ink);
      margin: 5px;
    }
    & .link {
      border: 0;
      padding: 0;
      background: none;
      color: var(--keyfold-accent-ink);
      text-decoration: underline;
      text-underline-offset: 0.2em;
      text-decoration-color: var(--keyfold-accent-line);
    }
  }
  .gap {
    grid-column: 1 / -1;
    block-size: calc(var(--_gap) * 1px);
  }
  @container keyfold-transfers (inline-size < 620px) {
    .items {
      grid-template-columns: 24px minmax(0, 1.2fr) minmax(56px, 1fr) 60px auto;
    }
    .col-bytes,
    .col-rate {
      display: none;
    }
    .head {
      flex-wrap: wrap;
      & .sum {
        flex: 1 1 100px;
      }
      & .button {
        order: 1;
      }
    }
    .item .say {
      grid-column: span 1;
    }
    .item:is(.failed, .needs-file, .stalled) {
      & > .bar {
        display: none;
      }
      & .say {
        grid-column: span 2;
      }
    }
  }
  @container keyfold-transfers (inline-size < 460px) {
    .head:not(.open) .button {
      display: none;
    }
    .items {
      grid-template-columns: 24px minmax(0, 1fr) 60px auto;
    }
    .item {
      min-block-size: 56px;
      align-content: center;
      row-gap: 4px;
    }
    .item > .bar {
      grid-column: 2 / 4;
      grid-row: 2;
    }
    .item .say,
    .item:is(.failed, .needs-file, .stalled) .say {
      grid-column: 2 / 4;
      grid-row: 2;
      font: var(--keyfold-type-xs) var(--keyfold-font);
    }
    .item .buttons {
      grid-row: 1 / 3;
      grid-column: 4;
    }
    /* words say more than a bar that does not move */
    .item:not(.running) > .bar {
      display: none;
    }
    .item.running .say {
      grid-column: 3;
      grid-row: 1;
    }
  }
  @media (pointer: coarse) {
    .item {
      min-block-size: 48px;
    }
    .item .icon-button,
    .item .link {
      min-inline-size: 44px;
      inline-size: auto;
      block-size: 44px;
    }
  }
`;
