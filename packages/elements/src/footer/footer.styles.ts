import { css } from "lit";

export const footerStyles = css`
  :host {
    container: keyfold-footer / inline-size;
  }
  footer {
    border-block-start: 1px solid var(--keyfold-border);
    background: var(--keyfold-surface);
  }
  .inner {
    display: grid;
    grid-template-columns: calc(264px - var(--keyfold-pad)) minmax(0, 1fr) auto;
    align-items: center;
    gap: var(--keyfold-space-5) var(--keyfold-pad);
    padding: var(--keyfold-space-5) var(--keyfold-pad);
  }
  .tiles {
    display: flex;
    gap: var(--keyfold-space-2);
    justify-content: end;
  }
  .tile,
  .tiles ::slotted(img) {
    inline-size: 132px;
    block-size: 66px;
    border-radius: var(--keyfold-radius);
    object-fit: cover;
  }
  .logos {
    max-inline-size: 26rem;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--keyfold-space-3) var(--keyfold-space-8);
    color: var(--keyfold-text-2);
  }
  .legal {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 20px;
    padding: 10px var(--keyfold-pad);
    border-block-start: 1px solid var(--keyfold-border);
    font: var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & ::slotted(a) {
      color: inherit;
    }
  }
  @container keyfold-footer (inline-size < 1080px) {
    .inner {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .logos {
      grid-row: 2;
      grid-column: 1 / -1;
    }
  }
  @container keyfold-footer (inline-size < 660px) {
    .inner {
      grid-template-columns: minmax(0, 1fr);
    }
    .tiles {
      justify-content: start;
    }
    .tile {
      inline-size: auto;
      flex: 1;
      min-inline-size: 0;
      block-size: 56px;
    }
    .legal .grow {
      flex: 0 0 100%;
    }
  }
  @media (pointer: coarse) {
    .legal ::slotted(a) {
      display: inline-flex;
      align-items: center;
      min-block-size: 44px;
      min-inline-size: 44px;
    }
  }
`;
