import { css } from "lit";

export const qrStyles = css`
  :host {
    container: keyfold-qr / inline-size;
  }
  .card {
    padding: var(--keyfold-space-5);
    display: grid;
    gap: var(--keyfold-space-4);
    --keyfold-dogear: 28px;
    --_ear: var(--keyfold-sunken);
  }
  h2 {
    font: 600 var(--keyfold-type-l) var(--keyfold-font);
    letter-spacing: -0.004em;
    padding-inline-end: 24px;
  }
  .code {
    justify-self: center;
  }
  /* always dark on white, in dark mode too: readers look for dark modules on a light ground */
  .qr-code {
    display: block;
    inline-size: 196px;
    block-size: 196px;
    background: oklch(1 0 0);
    fill: oklch(0.24 0.03 230);
    border-radius: var(--keyfold-radius);
    forced-color-adjust: none;
  }
  .blank-code {
    display: grid;
    place-items: center;
    padding: 24px;
    text-align: center;
    background: var(--keyfold-well);
    color: var(--keyfold-text-2);
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: var(--keyfold-space-2);
    font: var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
  }
  .link {
    padding: 0;
    border: 0;
    background: transparent;
    color: var(--keyfold-accent-ink);
    text-decoration: underline 1px var(--keyfold-accent-line);
    text-underline-offset: 0.2em;
    cursor: pointer;
    white-space: nowrap;
    &:hover {
      text-decoration-color: currentColor;
    }
  }
  .link-field {
    inline-size: 100%;
    min-block-size: var(--keyfold-control);
    padding-inline: 8px;
    border: 1px solid var(--keyfold-border-strong);
    border-radius: var(--keyfold-radius);
    background: var(--keyfold-surface);
    font-size: 0.75rem;
  }
  @container keyfold-qr (inline-size >= 480px) {
    .card {
      grid-template-columns: auto minmax(0, 1fr);
      grid-template-rows: 1fr auto auto auto;
      column-gap: var(--keyfold-space-6);
      padding-inline-end: var(--keyfold-space-8);
    }
    .code {
      grid-column: 1;
      grid-row: 1 / -1;
    }
    .card > :not(.code) {
      grid-column: 2;
    }
  }
  @media (pointer: coarse) {
    .link {
      min-block-size: 44px;
    }
  }
`;
