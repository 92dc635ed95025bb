import { css } from "lit";

export const entryStyles = css`
  :host {
    container: key-entry / inline-size;
  }
  .entry {
    display: grid;
    gap: var(--keyfold-space-5);
    padding: var(--keyfold-space-6) var(--keyfold-space-8);
    background: var(--keyfold-surface);
    border: 1px solid var(--keyfold-border);
    border-radius: calc(var(--keyfold-radius) * 2);
    &.dropping {
      border: 1px dashed var(--keyfold-accent);
      background: var(--keyfold-accent-soft);
    }
  }
  h1 {
    font: 600 var(--keyfold-type-2xl) var(--keyfold-font);
    letter-spacing: -0.014em;
    &:focus {
      outline: 0;
    }
  }
  h2 {
    font: 600 var(--keyfold-type-l) var(--keyfold-font);
  }
  .lead {
    font: var(--keyfold-type-l) var(--keyfold-font);
    color: var(--keyfold-text-2);
    margin-block-start: 4px;
  }
  .two {
    display: grid;
    grid-template-columns: auto minmax(220px, 1fr);
    gap: var(--keyfold-space-5);
    align-items: start;
  }
  .plate {
    inline-size: 366px;
  }
  .plate ol {
    grid-template-columns: auto minmax(0, 1fr) auto;
  }
  .plate li:focus-within {
    background: color-mix(in oklab, var(--keyfold-accent) 6%, transparent);
  }
  .plate footer {
    min-block-size: 43px;
  }
  .tools {
    display: flex;
  }
  .typed {
    position: relative;
    display: block;
    letter-spacing: 0.06em;
    min-block-size: 1em;
    & input {
      position: relative;
      inline-size: 100%;
      block-size: 32px;
      padding: 0;
      border: 0;
      background: transparent;
      outline: 0;
      font: inherit;
      letter-spacing: inherit;
    }
    & input::placeholder {
      color: color-mix(in oklab, var(--keyfold-text-3) 55%, transparent);
    }
    /* the same letters in the same places, unseen: only the wrong one's ground shows, behind the field */
    & .wrong-at {
      position: absolute;
      inset: 0;
      display: flex;
      align-items: center;
      white-space: pre;
      color: transparent;
      user-select: none;
      & .wrong {
        color: transparent;
      }
    }
  }
  li.bad input {
    color: var(--keyfold-danger-ink);
  }
  .plate li .flag {
    position: static;
    inline-size: 20px;
    display: grid;
    place-items: end;
  }
  .good-ink {
    color: var(--keyfold-success-ink);
  }
  .bad-ink {
    color: var(--keyfold-danger-ink);
  }
  .say {
    display: grid;
    gap: var(--keyfold-space-5);
    align-content: start;
  }
  .row-said {
    display: grid;
    gap: 8px;
    & b.mono {
      font-weight: 600;
      padding: 1px 5px;
      border-radius: 3px;
      background: var(--keyfold-well);
    }
  }
  .choices {
    display: grid;
    gap: var(--keyfold-space-4);
    justify-items: start;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .stay {
    display: grid;
    & legend {
      padding: 0;
      margin-block-end: 2px;
    }
  }

  @container key-entry (inline-size < 720px) {
    .entry {
      padding: var(--keyfold-pad);
    }
    .two {
      grid-template-columns: minmax(0, 1fr);
    }
    .plate {
      inline-size: 100%;
    }
    .acts .large {
      flex: 1 1 100%;
      min-block-size: 48px;
    }
    .choices {
      justify-items: stretch;
    }
  }
  @container key-entry (inline-size < 400px) {
    .entry {
      border: 0;
      border-radius: 0;
    }
    .plate {
      padding-inline: 12px;
    }
    .typed {
      font-size: 1rem;
      letter-spacing: 0.02em;
    }
    .plate li::before {
      inline-size: 20px;
    }
  }
`;
