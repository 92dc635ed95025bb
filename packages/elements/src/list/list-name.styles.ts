/** The name in a row or card: the field it is changed in, and what of it was looked for. */
import { css } from "lit";

export const nameStyles = css`
  .rename {
    flex: 1;
    min-inline-size: 0;
    inline-size: 100%;
    min-block-size: 28px;
    padding: 0 6px;
    margin-inline-start: -7px;
    border: 1px solid transparent;
    border-radius: var(--keyfold-radius-small);
    background: var(--keyfold-surface);
    color: var(--keyfold-text);
    outline: var(--keyfold-ring);
    outline-offset: -1px;
  }
  mark {
    background: light-dark(oklch(0.93 0.07 95), oklch(0.45 0.07 90));
    color: inherit;
    border-radius: 2px;
    padding-inline: 1px;
    margin-inline: -1px;
  }
`;
