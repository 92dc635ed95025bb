/** The list as a table: its columns, its head, its rows; two lines a row where it is narrow. */
import { css } from "lit";

export const rowStyles = css`
  .table {
    display: grid;
    grid-template-columns: 26px minmax(0, 1fr) 108px 108px 76px 40px;
    column-gap: var(--keyfold-space-3);
    padding-inline: calc(var(--keyfold-pad) - 8px);
    align-content: start;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: subgrid;
    grid-column: 1 / -1;
    align-items: center;
    padding-inline: 8px;
  }
  .head {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    background: var(--keyfold-surface);
    min-block-size: 32px;
    font: 500 var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
    border-block-end: 1px solid var(--keyfold-border);
    & button {
      all: unset;
      cursor: default;
      display: inline-flex;
      align-items: center;
      gap: 2px;
      border-radius: var(--keyfold-radius-small);
      min-block-size: 24px;
      &:hover {
        color: var(--keyfold-text);
      }
      &:focus-visible {
        outline: var(--keyfold-ring);
        outline-offset: 2px;
      }
      & .icon {
        inline-size: 14px;
        block-size: 14px;
        stroke-width: 2;
      }
    }
    & [aria-sort] {
      color: var(--keyfold-text);
    }
    & .end {
      text-align: end;
      justify-self: end;
    }
  }
  .row {
    block-size: var(--keyfold-row);
    position: relative;
    border-radius: var(--keyfold-radius);
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    cursor: default;
    user-select: none;
    -webkit-user-select: none;
    &::after {
      content: "";
      position: absolute;
      inset-inline: 38px 0;
      inset-block-end: 0;
      border-block-end: 1px solid color-mix(in oklab, var(--keyfold-border) 70%, var(--keyfold-surface));
      pointer-events: none;
    }
    &:has(+ .row[aria-selected="true"])::after,
    &[aria-selected="true"]::after {
      border-color: transparent;
    }
    &:hover {
      background: var(--keyfold-sunken);
    }
    & .checkbox {
      opacity: 0;
    }
    &:hover .checkbox,
    &:focus-within .checkbox,
    &[aria-selected="true"] .checkbox {
      opacity: 1;
    }
    &[aria-selected="true"] {
      background: var(--keyfold-accent-soft);
      color: var(--keyfold-text);
    }
    &.cut > * {
      opacity: 0.55;
    }
    &.over {
      background: var(--keyfold-accent-soft);
      outline: 2px solid var(--keyfold-accent);
      outline-offset: -2px;
    }
    & .col-check {
      display: grid;
    }
    & [role="gridcell"]:focus-visible {
      outline: var(--keyfold-ring);
      outline-offset: 2px;
      border-radius: var(--keyfold-radius-small);
    }
    /* the name stands for the whole row */
    & .name:focus-visible {
      outline: 0;
    }
    &:has(.name:focus-visible) {
      outline: var(--keyfold-ring);
      outline-offset: -1px;
    }
    & .name {
      display: flex;
      align-items: center;
      gap: 10px;
      min-inline-size: 0;
      color: var(--keyfold-text);
      font: 400 var(--keyfold-type-m) var(--keyfold-font);
      & > .tag {
        flex: none;
        order: 2;
      }
      /* beside the word there is room for the clock alone; the word stays at the column's end */
      & > .wait {
        order: 1;
      }
      & > .open + .wait {
        padding: 0 3px;
        background: transparent;
      }
      & > .text {
        flex: 1;
      }
    }
    &[aria-selected="true"] .name {
      font-weight: 500;
    }
    & .text {
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    & .lead {
      inline-size: 28px;
      display: grid;
      place-items: center;
      flex: none;
    }
    & .under {
      display: none;
    }
    & .end {
      text-align: end;
    }
    & .icon-button {
      inline-size: 28px;
      block-size: 28px;
    }
    & .from {
      display: flex;
      align-items: center;
      gap: 6px;
      & .icon {
        inline-size: 16px;
        block-size: 16px;
        color: var(--keyfold-text-3);
      }
    }
    & .from bdi {
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    & .col-modified {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
  }
  @container keyfold-list (inline-size < 660px) {
    .table {
      grid-template-columns: 18px minmax(0, 1fr) 96px 72px 32px;
    }
    .col-from {
      display: none !important;
    }
  }
  @container keyfold-list (inline-size < 460px) {
    .table {
      grid-template-columns: minmax(0, 1fr) auto;
      padding-inline: 8px;
      column-gap: 4px;
    }
    .head {
      display: none !important;
    }
    .row {
      block-size: max(var(--keyfold-row), 60px);
      & .col-check,
      & .col-modified,
      & .col-size {
        display: none;
      }
      & .name {
        font: 500 0.9375rem/1.25rem var(--keyfold-font);
        gap: 12px;
      }
      & .under {
        display: block;
        font: 400 var(--keyfold-type-s) var(--keyfold-font);
        color: var(--keyfold-text-2);
        overflow: hidden;
        text-overflow: ellipsis;
      }
      & .lead {
        inline-size: 40px;
      }
      & .thumb {
        inline-size: 40px;
        block-size: 40px;
        border-radius: var(--keyfold-radius);
      }
      &::after {
        inset-inline: 60px 0;
      }
      & .lead > .icon {
        inline-size: 26px;
        block-size: 26px;
        stroke-width: 1.2;
      }
      & .icon-button {
        inline-size: 44px;
        block-size: 44px;
      }
    }
  }
  @media (pointer: coarse) {
    .head button {
      min-block-size: 44px;
    }
    .row .icon-button {
      inline-size: 44px;
      block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .row[aria-selected="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
