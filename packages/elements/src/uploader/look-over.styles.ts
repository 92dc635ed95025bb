import { css } from "lit";

export const lookOverStyles = css`
  :host {
    display: contents;
  }
  dialog {
    inline-size: min(640px, 100% - 32px);
  }
  .panel {
    display: grid;
    gap: var(--keyfold-space-4);
  }
  .row-head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 12px;
    & h2 {
      font: 600 var(--keyfold-type-l) var(--keyfold-font);
      overflow-wrap: anywhere;
    }
  }
  dialog .content {
    padding-block-start: 0;
  }
  .picked {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(84px, 1fr));
    gap: 12px;
    & li {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      align-content: start;
      gap: 2px;
      position: relative;
      min-inline-size: 0;
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
    }
    & .face {
      aspect-ratio: 4 / 3;
      border-radius: var(--keyfold-radius);
      overflow: hidden;
      position: relative;
      margin-block-end: 2px;
    }
    & .face::after {
      content: "";
      position: absolute;
      inset: 0;
      border-radius: inherit;
      box-shadow: inset 0 0 0 1px light-dark(oklch(0.2 0.03 230 / 0.12), oklch(1 0 0 / 0.1));
      pointer-events: none;
    }
    & .remove {
      position: absolute;
      inset-block-start: 4px;
      inset-inline-end: 4px;
      inline-size: 24px;
      block-size: 24px;
      border-radius: 50%;
      border: 0;
      padding: 0;
      display: grid;
      place-items: center;
      background: oklch(0.2 0.02 230 / 0.78);
      color: oklch(1 0 0);
      z-index: 1;
      & .icon {
        inline-size: 14px;
        block-size: 14px;
        stroke-width: 2.25;
      }
      &:hover {
        background: oklch(0.2 0.02 230);
      }
    }
    & .name {
      color: var(--keyfold-text);
      overflow: hidden;
      white-space: nowrap;
    }
    & .path {
      overflow: hidden;
      white-space: nowrap;
      text-overflow: ellipsis;
    }
    & select {
      appearance: none;
      justify-self: start;
      max-inline-size: 100%;
      margin: 0;
      padding: 2px 4px;
      margin-inline-start: -4px;
      border: 0;
      border-radius: var(--keyfold-radius-small);
      background: transparent;
      color: var(--keyfold-warning-ink);
      text-decoration: underline dotted;
      text-underline-offset: 3px;
      &:hover {
        background: var(--keyfold-well);
      }
      & option {
        color: var(--keyfold-text);
        background: var(--keyfold-surface);
      }
    }
  }
  .notices {
    display: grid;
    gap: 4px;
    padding: 10px 12px;
    border-radius: var(--keyfold-radius);
    background: var(--keyfold-danger-soft);
    color: var(--keyfold-text);
    font: var(--keyfold-type-s) var(--keyfold-font);
    overflow-wrap: anywhere;
  }
  .end {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    & .grow {
      font: var(--keyfold-type-s) var(--keyfold-font);
      color: var(--keyfold-text-2);
    }
  }
  .reading {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    padding: 24px;
    color: var(--keyfold-text-2);
  }
  .mini-more {
    justify-self: start;
  }
  @media (pointer: coarse) {
    .picked .remove {
      inline-size: 44px;
      block-size: 44px;
      border: 10px solid transparent;
      background-clip: padding-box;
      inset-block-start: -6px;
      inset-inline-end: -6px;
    }
    .picked select {
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .picked .remove {
      border: 1.5px solid ButtonText;
      border-radius: var(--keyfold-radius-small);
    }
  }
`;
