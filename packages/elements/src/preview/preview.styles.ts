import { css } from "lit";

export const previewStyles = css`
  :host {
    display: grid;
    grid-template-rows: minmax(0, 1fr) auto;
    min-block-size: 0;
    min-inline-size: 0;
    background: var(--keyfold-well);
    overflow: hidden;
  }
  .base {
    display: grid;
    place-items: center;
    min-block-size: 0;
    min-inline-size: 0;
    position: relative;
    overflow: hidden;
  }
  img,
  video {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    min-block-size: 0;
    object-fit: contain;
  }
  :host([cover]) img {
    object-fit: cover;
  }
  audio {
    inline-size: calc(100% - 32px);
  }
  canvas {
    display: block;
    max-inline-size: 100%;
    max-block-size: 100%;
    background: oklch(1 0 0);
    box-shadow: 0 0 0 1px oklch(0.2 0.02 230 / 0.14);
  }
  .paper {
    display: grid;
    place-items: center;
    inline-size: 100%;
    block-size: 100%;
    padding: 12px 12px 0;
    overflow: hidden;
    align-items: start;
  }
  :host(:not([cover])) .paper {
    padding: 16px;
    align-items: center;
  }
  pre {
    margin: 0;
    inline-size: 100%;
    block-size: 100%;
    padding: 14px 16px;
    overflow: auto;
    background: light-dark(oklch(1 0 0), oklch(0.19 0.012 232));
    color: var(--keyfold-text);
    font: 0.75rem/1.125rem var(--keyfold-font-mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
    unicode-bidi: plaintext;
    text-align: start;
  }
  .kind {
    display: grid;
    justify-items: center;
    gap: 8px;
    padding: 16px;
    text-align: center;
    color: var(--keyfold-text-2);
    font: var(--keyfold-type-s) var(--keyfold-font);
    & > .icon {
      inline-size: 56px;
      block-size: 56px;
      stroke-width: 0.75;
    }
  }
  .loading {
    display: grid;
    gap: 8px;
    justify-items: center;
    inline-size: min(60%, 220px);
    font: var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & .bar {
      inline-size: 100%;
      background: color-mix(in oklab, var(--keyfold-text) 12%, transparent);
    }
  }
  .note {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 6px 12px;
    border-block-start: 1px solid var(--keyfold-border);
    background: var(--keyfold-surface);
    font: var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & .icon {
      inline-size: 16px;
      block-size: 16px;
    }
    & .grow {
      flex: 1;
    }
    & .icon-button {
      inline-size: 28px;
      block-size: 28px;
    }
  }
  @media (pointer: coarse) {
    .note .icon-button {
      inline-size: 44px;
      block-size: 44px;
    }
  }
`;
