/** What is typed into or chosen from, and the forms that fields stand in. */
import { css } from "lit";

export const fieldStyles = css`
  @layer parts {
    .field {
      display: flex;
      align-items: center;
      gap: var(--keyfold-space-2);
      min-block-size: var(--keyfold-control);
      padding-inline: 10px;
      border: 1px solid var(--keyfold-border-strong);
      border-radius: var(--keyfold-radius);
      background: var(--keyfold-surface);
      color: var(--keyfold-text);
      & .icon {
        color: var(--keyfold-text-2);
        inline-size: 18px;
        block-size: 18px;
      }
      & input {
        flex: 1;
        min-inline-size: 0;
        border: 0;
        padding: 0;
        background: transparent;
        outline: 0;
        block-size: 100%;
      }
      & input::placeholder {
        color: var(--keyfold-text-3);
        opacity: 1;
      }
      &:focus-within {
        outline: var(--keyfold-ring);
        outline-offset: -1px;
        border-color: transparent;
      }
      &:hover {
        border-color: var(--keyfold-text-3);
      }
    }

    /* a select in a .field: its own arrow, drawn by an icon beside it */
    .field select {
      appearance: none;
      flex: 1;
      min-inline-size: 0;
      border: 0;
      padding: 0;
      background: transparent;
      outline: 0;
    }

    .form {
      display: grid;
      gap: 14px;
      & label > .keyline {
        display: block;
        margin-block-end: 5px;
      }
    }
  }
`;
