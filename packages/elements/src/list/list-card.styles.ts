/** The list as a grid of cards. */
import { css } from "lit";

export const cardStyles = css`
  .cards {
    padding: var(--keyfold-space-1) var(--keyfold-pad) var(--keyfold-space-6);
  }
  .cards .line {
    display: grid;
    grid-template-columns: repeat(var(--_columns), minmax(0, 1fr));
    column-gap: var(--keyfold-space-4);
    padding-block-end: var(--keyfold-space-5);
  }
  .card {
    min-inline-size: 0;
    display: grid;
    gap: 8px;
    align-content: start;
    position: relative;
    border-radius: var(--keyfold-radius-large);
    outline: 0;
    cursor: default;
    user-select: none;
    -webkit-user-select: none;
    &.cut {
      opacity: 0.55;
    }
    & .face {
      aspect-ratio: 4 / 3;
      border-radius: var(--keyfold-radius);
      position: relative;
      background: var(--keyfold-well);
      display: grid;
      place-items: center;
      min-block-size: 0;
    }
    & .face::after {
      content: "";
      position: absolute;
      inset: 0;
      border-radius: inherit;
      box-shadow: inset 0 0 0 1px light-dark(oklch(0.2 0.03 230 / 0.11), oklch(1 0 0 / 0.1));
      background: light-dark(transparent, oklch(0.2 0.02 232 / 0.2));
      pointer-events: none;
    }
    & .art {
      position: absolute;
      inset: 0;
      border-radius: inherit;
    }
    & .big {
      inline-size: 52px;
      block-size: 52px;
      stroke-width: 0.8;
    }
    & .face .checkbox {
      position: absolute;
      inset-block-start: 8px;
      inset-inline-start: 8px;
      z-index: 1;
    }
    & .face .more {
      position: absolute;
      inset-block-start: 4px;
      inset-inline-end: 4px;
      inline-size: 28px;
      block-size: 28px;
      z-index: 1;
      background: var(--keyfold-surface);
      box-shadow: var(--keyfold-shadow-1);
      opacity: 0;
    }
    & > .face,
    & > .tag {
      grid-area: 1 / 1;
    }
    & > .tag {
      align-self: end;
      justify-self: start;
      margin: 6px;
      z-index: 1;
      pointer-events: none;
      &.wait {
        justify-self: end;
      }
    }
    & .face .checkbox:not(:checked) {
      opacity: 0;
    }
    &:hover .face :is(.checkbox, .more),
    &:focus-within .face :is(.checkbox, .more) {
      opacity: 1;
    }
    & .label {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 0 8px;
      align-items: start;
      & .icon {
        grid-row: span 2;
        inline-size: 18px;
        block-size: 18px;
        margin-block-start: 1px;
      }
    }
    & .label b {
      font: 500 var(--keyfold-type-s) var(--keyfold-font);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    & .label small {
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    &[aria-selected="true"] .face {
      outline: 2px solid var(--keyfold-accent);
      outline-offset: 2px;
    }
    &:focus-visible .face {
      outline: var(--keyfold-ring);
      outline-offset: 4px;
    }
    &.over .face {
      outline: 3px solid var(--keyfold-accent);
    }
  }
  @container keyfold-list (inline-size < 460px) {
    .cards .line {
      column-gap: 12px;
      padding-block-end: 16px;
    }
    .card .label {
      grid-template-columns: minmax(0, 1fr);
      & .icon {
        display: none;
      }
    }
  }
  @media (pointer: coarse) {
    /* 44 px to the finger, 28 px to the eye */
    .card .face .more {
      inline-size: 44px;
      block-size: 44px;
      inset-block-start: -2px;
      inset-inline-end: -2px;
      border: 8px solid transparent;
      border-radius: calc(var(--keyfold-radius) + 8px);
      background-clip: padding-box;
      box-shadow: none;
      opacity: 1;
    }
    .card .face .checkbox {
      margin: 0;
      inset-block-start: 0;
      inset-inline-start: 0;
    }
  }
  @media (forced-colors: active) {
    .card[aria-selected="true"] .face {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
