import { css } from "lit";

export const recoverStyles = css`
  :host {
    container: recover / inline-size;
  }
  .page {
    display: grid;
    gap: var(--keyfold-space-6);
    max-inline-size: 820px;
    margin-inline: auto;
    padding: var(--keyfold-space-8) var(--keyfold-pad) var(--keyfold-space-12);
  }
  .top {
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: 4px var(--keyfold-space-3);
    align-items: center;
    & .mark {
      inline-size: 28px;
      block-size: 28px;
    }
  }
  h1 {
    font: 600 var(--keyfold-type-2xl) var(--keyfold-font);
    letter-spacing: -0.014em;
  }
  h2 {
    font: 600 var(--keyfold-type-l) var(--keyfold-font);
  }
  .lead {
    grid-column: 1 / -1;
    font: var(--keyfold-type-l) var(--keyfold-font);
    color: var(--keyfold-text-2);
  }
  .step {
    display: grid;
    gap: var(--keyfold-space-3);
  }
  .step > p {
    color: var(--keyfold-text-2);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px var(--keyfold-space-3);
  }
  .place {
    display: grid;
    justify-items: center;
    gap: var(--keyfold-space-3);
    padding: var(--keyfold-space-8) var(--keyfold-pad);
    text-align: center;
    &.dropping {
      border: 1px dashed var(--keyfold-accent);
      background: var(--keyfold-accent-soft);
    }
    & > .icon {
      inline-size: 40px;
      block-size: 40px;
      stroke-width: 0.85;
      color: var(--keyfold-text-2);
    }
    & .or {
      color: var(--keyfold-text-2);
    }
  }
  .found {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px var(--keyfold-space-3);
    & .icon {
      color: var(--keyfold-success-ink);
    }
    & b {
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    & .button {
      margin-inline-start: auto;
    }
  }
  .waits {
    color: var(--keyfold-text-2);
  }
  .list {
    max-block-size: 320px;
    overflow: auto;
    border: 1px solid var(--keyfold-border);
    border-radius: var(--keyfold-radius);
    & li {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: var(--keyfold-space-3);
      padding: 6px var(--keyfold-space-3);
      font: var(--keyfold-type-s) var(--keyfold-font);
    }
    & li + li {
      border-block-start: 1px solid var(--keyfold-border);
    }
    & bdi {
      overflow-wrap: anywhere;
    }
    & span {
      color: var(--keyfold-text-2);
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-block-size: var(--keyfold-target);
  }
  input[type="checkbox"] {
    inline-size: 18px;
    block-size: 18px;
    margin: 0;
    accent-color: var(--keyfold-accent);
  }
  progress {
    inline-size: 100%;
    block-size: 6px;
    accent-color: var(--keyfold-accent);
  }
  .strip .damaged {
    grid-column: 2 / -1;
    margin-block-start: 6px;
    & li {
      overflow-wrap: anywhere;
      padding-block: 2px;
    }
  }

  @container recover (inline-size < 480px) {
    .page {
      padding: var(--keyfold-pad) var(--keyfold-space-4) var(--keyfold-space-12);
    }
    .row > .button.large {
      flex: 1 1 100%;
    }
  }
`;
