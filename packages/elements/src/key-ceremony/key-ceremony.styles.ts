import { css } from "lit";

export const ceremonyStyles = css`
  .way {
    display: grid;
    grid-template-columns: 36px minmax(0, 1fr) auto;
    gap: 0 12px;
    align-items: center;
    inline-size: 100%;
    text-align: start;
    padding: 9px 12px 9px 10px;
    border: 1px solid var(--keyfold-border);
    border-radius: var(--keyfold-radius-large);
    background: var(--keyfold-surface);
    cursor: default;
    & .glyph {
      inline-size: 36px;
      block-size: 36px;
      border-radius: var(--keyfold-radius);
      background: var(--keyfold-sunken);
      display: grid;
      place-items: center;
      grid-row: span 2;
      color: var(--keyfold-accent-ink);
    }
    & b {
      font: 500 var(--keyfold-type-m) var(--keyfold-font);
    }
    & small {
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
      grid-column: 2;
    }
    & > .icon,
    & > .tag {
      grid-row: 1 / span 2;
      grid-column: 3;
      color: var(--keyfold-text-3);
    }
    & > .tag.good {
      color: var(--keyfold-success-ink);
    }
    &:hover {
      border-color: var(--keyfold-border-strong);
    }
    &.done {
      border-color: color-mix(in oklab, var(--keyfold-success) 45%, var(--keyfold-surface));
      & .glyph {
        color: var(--keyfold-success-ink);
        background: var(--keyfold-success-soft);
      }
    }
  }

  .rail {
    display: grid;
    gap: 2px;
    & li {
      display: grid;
      grid-template-columns: 24px 1fr;
      gap: 0 10px;
      align-items: center;
      padding-block: 7px;
      color: var(--keyfold-text-2);
      font: var(--keyfold-type-m) var(--keyfold-font);
    }
    & .n {
      inline-size: 24px;
      block-size: 24px;
      border-radius: 50%;
      display: grid;
      place-items: center;
      font: 600 var(--keyfold-type-xs) var(--keyfold-font);
      box-shadow: inset 0 0 0 1.5px var(--keyfold-border-strong);
      & .icon {
        inline-size: 14px;
        block-size: 14px;
        stroke-width: 2.25;
      }
    }
    & small {
      grid-column: 2;
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
    }
    & li[aria-current] {
      color: var(--keyfold-text);
      font-weight: 600;
      & .n {
        background: var(--keyfold-accent);
        color: var(--keyfold-accent-on);
        box-shadow: none;
      }
      & small {
        font-weight: 400;
      }
    }
    & li.done .n {
      background: var(--keyfold-accent-soft);
      color: var(--keyfold-accent-ink);
      box-shadow: none;
    }
  }

  .ceremony {
    display: grid;
    grid-template-columns: 232px minmax(0, 1fr);
    background: var(--keyfold-surface);
    border: 1px solid var(--keyfold-border);
    border-radius: calc(var(--keyfold-radius) * 2);
    overflow: hidden;
    & > aside {
      background: var(--keyfold-sunken);
      border-inline-end: 1px solid var(--keyfold-border);
      padding: var(--keyfold-space-6);
      display: grid;
      align-content: start;
      gap: var(--keyfold-space-5);
    }
    & > aside .mark {
      inline-size: 104px;
      block-size: 104px;
      justify-self: start;
      margin: 4px 0 4px 4px;
    }
    & > .body {
      padding: var(--keyfold-space-6) var(--keyfold-space-8) var(--keyfold-space-5);
      display: flex;
      flex-direction: column;
      gap: var(--keyfold-space-5);
      min-block-size: 568px;
    }
    & h1,
    & .title {
      font: 600 var(--keyfold-type-2xl) var(--keyfold-font);
      letter-spacing: -0.014em;
    }
    & .lead {
      font: var(--keyfold-type-l) var(--keyfold-font);
      color: var(--keyfold-text-2);
      margin-block-start: 4px;
      & b {
        color: var(--keyfold-text);
        font-weight: 600;
      }
    }
    & .two {
      display: grid;
      grid-template-columns: auto minmax(220px, 1fr);
      gap: var(--keyfold-space-5);
      align-items: start;
    }
    & .ways {
      display: grid;
      gap: var(--keyfold-space-2);
    }
    & .end {
      display: flex;
      align-items: center;
      gap: var(--keyfold-space-2);
      padding-block-start: var(--keyfold-space-4);
      margin-block-start: auto;
      border-block-start: 1px solid var(--keyfold-border);
      & .grow {
        flex: 1;
      }
      & > .quiet:first-child {
        margin-inline-start: calc(var(--keyfold-space-3) * -1);
      }
    }
    & .truths {
      display: grid;
      gap: 12px;
      & li {
        display: grid;
        grid-template-columns: 20px 1fr;
        gap: 12px;
        font: var(--keyfold-type-m) var(--keyfold-font);
        & .icon {
          color: var(--keyfold-accent-ink);
        }
        & span {
          color: var(--keyfold-text-2);
        }
        & b {
          font-weight: 600;
          color: var(--keyfold-text);
        }
      }
    }
  }

  :host {
    container: key-ceremony / inline-size;
  }
  .ceremony h1:focus {
    outline: 0;
  }
  .aside-note {
    padding: 6px 4px 0;
  }
  .network {
    display: grid;
    grid-template-columns: 20px 1fr;
    gap: 12px;
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    max-inline-size: 96ch;
    & b {
      font-weight: 600;
      color: var(--keyfold-text);
    }
  }
  .failed {
    color: var(--keyfold-danger-ink);
  }
  .ceremony .truths li.failed :is(.icon, b) {
    color: var(--keyfold-danger-ink);
  }
  .check-row {
    display: grid;
    gap: 10px;
  }
  .row-input {
    position: relative;
    justify-self: start;
    /* the field itself lies over its cells, unseen; they show what it holds */
    & input {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
      margin: 0;
      padding: 0;
      border: 0;
      background: transparent;
      color: transparent;
      caret-color: transparent;
      outline: 0;
      cursor: text;
    }
    & input::selection {
      background: transparent;
      color: transparent;
    }
    &:not(:focus-within) .cells.now {
      outline: 0;
      border-color: var(--keyfold-border-strong);
    }
    &:not(:focus-within) .caret::before {
      opacity: 0;
    }
  }
  .stay {
    border: 0;
    margin: 0;
    padding: 0;
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 0 24px;
    & legend {
      padding: 0;
      margin-block-end: 2px;
    }
  }

  @container key-ceremony (inline-size < 860px) {
    .ceremony .two {
      grid-template-columns: minmax(0, 1fr);
    }
    .ceremony .plate {
      inline-size: 100%;
    }
  }
  @container key-ceremony (inline-size < 660px) {
    .ceremony {
      grid-template-columns: minmax(0, 1fr);
      border: 0;
      border-radius: 0;
      & > aside {
        grid-template-columns: 52px minmax(0, 1fr);
        align-items: center;
        gap: 12px;
        padding: 12px var(--keyfold-pad);
        border-inline-end: 0;
        border-block-end: 1px solid var(--keyfold-border);
        & .mark {
          inline-size: 48px;
          block-size: 48px;
          margin: 0;
        }
      }
      & > .body {
        padding: 20px var(--keyfold-pad) 0;
        min-block-size: 0;
      }
      & .end {
        position: sticky;
        inset-block-end: 0;
        background: var(--keyfold-surface);
        padding-block: 12px 16px;
        margin-inline: calc(var(--keyfold-pad) * -1);
        padding-inline: var(--keyfold-pad);
        flex-wrap: wrap;
        & .grow {
          display: none;
        }
        & .large {
          flex: 1 1 100%;
          min-block-size: 48px;
        }
        & > .quiet:first-child {
          margin-inline-start: 0;
          flex: 1 1 100%;
          order: 2;
        }
      }
      & .rail {
        grid-template-columns: repeat(3, 1fr);
        gap: 6px;
      }
      & .rail li:not([aria-current]) > span:nth-child(2) {
        visibility: hidden;
      }
      & .rail li {
        white-space: nowrap;
        display: block;
        padding: 0;
        font: 500 var(--keyfold-type-xs) var(--keyfold-font);
        border-block-start: 3px solid var(--keyfold-border-strong);
        padding-block-start: 6px;
        &.done,
        &[aria-current] {
          border-color: var(--keyfold-accent);
        }
      }
      & .rail .n,
      & .rail small {
        display: none;
      }
    }

    .plate ol {
      font-size: 1rem;
    }

    .plate li::before {
      inline-size: 22px;
    }

    .plate .group + .group::before {
      padding-inline: 4px 5px;
    }

    .row-input {
      justify-self: stretch;
      gap: 6px;
      font-size: 1.125rem;
      & .cells {
        inline-size: 100%;
      }
      & .cells span {
        inline-size: auto;
      }
      & > .muted {
        display: none;
      }
    }

    .stay {
      grid-template-columns: 1fr;
    }
  }
  @media (pointer: coarse) {
    .way {
      min-block-size: 56px;
    }
  }
`;
