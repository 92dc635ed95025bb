import { css } from "lit";

export const detailsStyles = css`
  :host {
    container: keyfold-details / inline-size;
    min-inline-size: 0;
  }
  .base {
    display: grid;
    gap: var(--keyfold-space-4);
  }
  .preview {
    --_ear: var(--keyfold-surface);
    --keyfold-dogear: 22px;
    aspect-ratio: 4 / 3;
    overflow: hidden;
    background: var(--keyfold-well);
    border-color: transparent;
    box-shadow: var(--keyfold-shadow-1);
    display: grid;
    & > * {
      min-block-size: 0;
      min-inline-size: 0;
      block-size: 100%;
    }
    & .many,
    & .alone {
      display: grid;
      place-items: center;
      & .icon {
        inline-size: 56px;
        block-size: 56px;
        stroke-width: 0.75;
      }
    }
  }
  .preview::before {
    content: "";
    position: absolute;
    inset: 0;
    z-index: 1;
    border-radius: inherit;
    corner-start-end-shape: bevel;
    box-shadow: inset 0 0 0 1px light-dark(oklch(0.2 0.03 230 / 0.14), oklch(1 0 0 / 0.12));
    pointer-events: none;
  }
  .preview::after {
    z-index: 1;
  }
  .title {
    display: flex;
    align-items: start;
    gap: 8px;
    & h2 {
      flex: 1;
      min-inline-size: 0;
    }
    & .icon-button {
      margin: -4px -6px 0 0;
      margin-inline: 0 -6px;
    }
  }
  h2 {
    font: 600 var(--keyfold-type-l) var(--keyfold-font);
    overflow-wrap: anywhere;
    letter-spacing: -0.004em;
  }
  .actions {
    display: grid;
    grid-template-columns: 1fr;
    grid-auto-flow: column;
    grid-auto-columns: auto;
    gap: var(--keyfold-space-1);
    align-items: center;
    & .button {
      margin-inline-end: var(--keyfold-space-1);
    }
  }
  section {
    display: grid;
    gap: var(--keyfold-space-2);
  }
  .versions ol {
    display: grid;
    grid-template-columns: auto 1fr auto auto;
    gap: 2px 12px;
    font: var(--keyfold-type-s) var(--keyfold-font);
    font-variant-numeric: tabular-nums;
    color: var(--keyfold-text-2);
    & li {
      display: grid;
      grid-template-columns: subgrid;
      grid-column: 1 / -1;
      align-items: center;
      min-block-size: 40px;
    }
    & .came {
      min-inline-size: 0;
      overflow-wrap: anywhere;
    }
    & .under {
      display: block;
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-3);
    }
    & b {
      font-weight: 500;
      color: var(--keyfold-text);
    }
    & .link {
      border: 0;
      padding: 0;
      background: none;
      color: var(--keyfold-accent-ink);
      text-decoration: underline;
      text-underline-offset: 0.2em;
      text-decoration-color: var(--keyfold-accent-line);
      &:hover {
        text-decoration-color: currentColor;
      }
    }
  }
  .note {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 2px 8px;
    padding: 10px 12px;
    border-radius: var(--keyfold-radius);
    font: var(--keyfold-type-s) var(--keyfold-font);
    background: var(--keyfold-warning-soft);
    & .icon {
      color: var(--keyfold-warning-ink);
      inline-size: 18px;
      block-size: 18px;
    }
    & b {
      font-weight: 600;
      color: var(--keyfold-warning-ink);
    }
    & span {
      grid-column: 2;
      color: var(--keyfold-text-2);
    }
  }
  .verified {
    display: flex;
    align-items: center;
    gap: 6px;
    font: var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-success-ink);
    &.wait {
      color: var(--keyfold-text-2);
    }
  }
  .wrong {
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-danger-ink);
  }
  .nothing {
    display: grid;
    justify-items: center;
    gap: 12px;
    padding: 48px 12px;
    text-align: center;
    color: var(--keyfold-text-2);
    & .icon {
      inline-size: 44px;
      block-size: 44px;
      stroke-width: 0.75;
    }
  }
  @media (pointer: coarse) {
    .versions button {
      min-block-size: 44px;
      min-inline-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .note {
      border: 1px solid CanvasText;
    }
  }
`;
