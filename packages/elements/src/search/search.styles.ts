import { css } from "lit";

export const searchStyles = css`
  :host {
    container: keyfold-search / inline-size;
    min-inline-size: 0;
  }
  .field {
    min-block-size: max(34px, var(--keyfold-control));
  }
  input::-webkit-search-cancel-button {
    display: none;
  }
  kbd {
    font: 500 var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-3);
    border: 1px solid var(--keyfold-border);
    border-radius: var(--keyfold-radius-small);
    padding: 0 5px;
  }
  .field .icon-button {
    margin-inline-end: -6px;
    inline-size: 26px;
    block-size: 26px;
    & .icon {
      inline-size: 16px;
      block-size: 16px;
    }
  }
  .chips {
    margin-block-start: var(--keyfold-space-2);
  }
  .hint {
    margin-block: var(--keyfold-space-2) 0;
    color: var(--keyfold-text-2);
    font: var(--keyfold-type-s) var(--keyfold-font);
  }
  @container keyfold-search (inline-size < 460px) {
    .chips {
      flex-wrap: nowrap;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .chip {
      flex: none;
    }
  }
  @media (pointer: coarse) {
    kbd {
      display: none;
    }
    .field .icon-button {
      inline-size: 44px;
      block-size: 44px;
    }
  }
`;
