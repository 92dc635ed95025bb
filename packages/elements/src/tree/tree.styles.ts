import { css } from "lit";

export const treeStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    --_row: 32px;
  }
  .base {
    flex: 1;
    min-block-size: 0;
    max-block-size: 100dvh;
    overflow: auto;
    overflow-anchor: none;
    /* room for focus rings */
    padding: 3px;
    margin: -3px;
  }
  .item {
    display: flex;
    align-items: stretch;
    min-block-size: var(--_row);
    outline: 0;
    cursor: default;
    user-select: none;
    -webkit-user-select: none;
  }
  .guide {
    flex: none;
    inline-size: 24px;
    position: relative;
    &::before {
      content: "";
      position: absolute;
      inset-block: 0;
      inset-inline-start: 19px;
      border-inline-start: 1px solid var(--keyfold-border);
    }
  }
  .row {
    flex: 1;
    min-inline-size: 0;
    display: flex;
    align-items: center;
    gap: 6px;
    padding-inline: 4px 8px;
    border-radius: var(--keyfold-radius);
    font: var(--keyfold-type-s) var(--keyfold-font);
    & .name {
      flex: 1;
      min-inline-size: 0;
      overflow: hidden;
      white-space: nowrap;
      text-overflow: ellipsis;
      display: block;
    }
    & > .icon {
      inline-size: 18px;
      block-size: 18px;
    }
    & .tag {
      flex: none;
    }
  }
  .twist {
    flex: none;
    display: grid;
    place-items: center;
    align-self: stretch;
    inline-size: 22px;
    margin-inline: -4px;
    color: var(--keyfold-text-3);
    & .icon {
      inline-size: 14px;
      block-size: 14px;
      stroke-width: 2;
    }
    &.none {
      visibility: hidden;
    }
  }
  .item:hover > .row {
    background: var(--keyfold-well);
  }
  .item[aria-selected="true"] > .row {
    background: var(--keyfold-accent-soft);
    font-weight: 500;
  }
  .item:focus-visible > .row {
    outline: var(--keyfold-ring);
    outline-offset: -1px;
  }
  .item.cut > .row {
    opacity: 0.55;
  }
  .item.over > .row {
    background: var(--keyfold-accent-soft);
    outline: 2px solid var(--keyfold-accent);
    outline-offset: -2px;
  }
  .badge {
    flex: none;
    color: var(--keyfold-warning-ink);
    & .icon {
      inline-size: 15px;
      block-size: 15px;
    }
  }
  .waiting {
    flex: none;
    color: var(--keyfold-text-3);
    & .icon {
      inline-size: 14px;
      block-size: 14px;
      stroke-width: 2;
    }
  }
  .gap {
    block-size: calc(var(--_gap) * 1px);
  }
  .nothing {
    padding: 4px 12px 4px 28px;
    padding-inline: 28px 12px;
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
  }
  .wrong {
    flex: none;
    display: flex;
    align-items: start;
    gap: 8px;
    padding: 8px;
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-danger-ink);
    & span {
      flex: 1;
    }
  }
  .skeleton {
    display: grid;
    gap: 14px;
    padding: 10px 12px 10px 28px;
    & i {
      block-size: 10px;
      border-radius: 5px;
      background: var(--keyfold-well);
      inline-size: 70%;
    }
    & i:nth-child(2) {
      inline-size: 52%;
    }
    & i:nth-child(3) {
      inline-size: 61%;
    }
  }
  @media (pointer: coarse) {
    :host {
      --_row: 44px;
    }
  }
  @media (forced-colors: active) {
    .item[aria-selected="true"] > .row {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
