import { css } from "lit";

export const alertStyles = css`
  :host {
    container: keyfold-alert / inline-size;
  }
  .alert {
    background: var(--keyfold-warning-soft);
    border-block-end: 1px solid var(--keyfold-warning-line);
    position: relative;
    display: grid;
    grid-template-columns: 264px minmax(0, 1fr) auto;
    align-items: start;
    padding-block: 11px;
    & .lead {
      padding-inline: var(--keyfold-pad) 8px;
      display: flex;
      gap: 8px;
      align-items: start;
      & .icon {
        color: var(--keyfold-warning-ink);
      }
    }
    & .message {
      padding-inline: var(--keyfold-pad);
      text-wrap: pretty;
      max-inline-size: 96ch;
    }
    & .act {
      padding-inline-end: var(--keyfold-pad);
      align-self: center;
    }
    & b {
      font-weight: 600;
      color: var(--keyfold-warning-ink);
    }
    /* the notch points at Generate key */
    &::before {
      content: "";
      position: absolute;
      inset-block-start: -6px;
      inset-inline-start: 104px;
      inline-size: 11px;
      block-size: 11px;
      rotate: 45deg;
      background: inherit;
      border: solid var(--keyfold-warning-line);
      border-width: 1px 0 0 1px;
    }
  }
  .link {
    padding: 0;
    border: 0;
    background: transparent;
    color: var(--keyfold-accent-ink);
    text-decoration: underline 1px var(--keyfold-accent-line);
    text-underline-offset: 0.2em;
    cursor: pointer;
    &:hover {
      text-decoration-color: currentColor;
    }
  }
  .how {
    display: grid;
    gap: 16px;
    & li {
      display: grid;
      grid-template-columns: 28px 1fr;
      gap: 12px;
    }
    & .mark {
      inline-size: 26px;
      block-size: 26px;
    }
    & b {
      display: block;
      font-weight: 600;
    }
    & span {
      color: var(--keyfold-text-2);
    }
    & span b {
      color: var(--keyfold-text);
    }
  }

  /* calm: nothing here is the folder's own state */
  .network {
    background: var(--keyfold-surface);
    border-block-end: 1px solid var(--keyfold-border);
    display: grid;
    grid-template-columns: 264px minmax(0, 1fr);
    align-items: start;
    padding-block: 9px;
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & .lead {
      padding-inline: var(--keyfold-pad) 8px;
      display: flex;
      gap: 8px;
      align-items: start;
    }
    & .message {
      padding-inline: var(--keyfold-pad);
      text-wrap: pretty;
      max-inline-size: 96ch;
    }
    & b {
      font-weight: 600;
      color: var(--keyfold-text);
    }
  }

  .reseal {
    position: relative;
    background: var(--keyfold-surface);
    border-block-end: 1px solid var(--keyfold-border);
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 40px;
    padding-inline: var(--keyfold-pad);
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & b {
      font-weight: 600;
      color: var(--keyfold-text);
    }
    & .icon {
      color: var(--keyfold-accent-ink);
    }
    & > span:not(.num) {
      flex: 1;
      min-inline-size: 0;
    }
    & .bar {
      position: absolute;
      inset-inline: 0;
      inset-block-end: -1px;
      block-size: 2px;
      border-radius: 0;
      background: transparent;
    }
  }

  @container keyfold-alert (inline-size < 1080px) {
    .alert {
      grid-template-columns: 264px minmax(0, 1fr);
    }
    .alert .act {
      display: none;
    }
  }
  @container keyfold-alert (inline-size < 660px) {
    .alert {
      display: block;
      padding: 12px var(--keyfold-pad);
      & .lead,
      & .message {
        padding: 0;
        display: inline;
      }
      & .lead .icon {
        display: none;
      }
    }
    .network {
      display: block;
      padding: 9px var(--keyfold-pad);
      & .lead,
      & .message {
        padding: 0;
        display: inline;
      }
      & .lead .icon {
        display: none;
      }
    }
    .reseal {
      padding-block: 10px;
      & .num {
        display: none;
      }
    }
  }
  @media (forced-colors: active) {
    .alert {
      border: 1px solid ButtonBorder;
    }
  }
`;
