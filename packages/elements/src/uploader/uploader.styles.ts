import { css } from "lit";

export const uploaderStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    container: keyfold-uploader / inline-size;
  }
  .dropzone {
    --_ear: var(--keyfold-sunken);
    --_ear-line: var(--keyfold-border-strong);
    --keyfold-dogear: 28px;
    flex: 1;
    display: grid;
    justify-items: center;
    align-content: center;
    gap: var(--keyfold-space-2);
    text-align: center;
    padding: var(--keyfold-space-8) var(--keyfold-space-6);
    border: 1px dashed var(--keyfold-border-strong);
    background: var(--keyfold-surface);
    & .mark {
      inline-size: 72px;
      block-size: 72px;
      margin-block-end: var(--keyfold-space-2);
    }
    & h2 {
      font: 600 var(--keyfold-type-xl) var(--keyfold-font);
      letter-spacing: -0.008em;
      overflow-wrap: anywhere;
    }
    & .choices {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: var(--keyfold-space-2);
      margin-block: var(--keyfold-space-2);
    }
    & p {
      max-inline-size: 54ch;
      color: var(--keyfold-text-2);
      font: var(--keyfold-type-s) var(--keyfold-font);
    }
    &.over {
      --_ear: var(--keyfold-accent-soft);
      border: 2px solid var(--keyfold-accent);
      padding: calc(var(--keyfold-space-8) - 1px) calc(var(--keyfold-space-6) - 1px);
      background: var(--keyfold-accent-soft);
    }
    &.off h2 {
      color: var(--keyfold-text-2);
    }
  }
  .card {
    padding: var(--keyfold-space-5);
    border: 1px solid var(--keyfold-border);
    border-radius: var(--keyfold-radius-large);
    background: var(--keyfold-surface);
  }
  keyfold-look-over {
    display: block;
  }
  @container keyfold-uploader (inline-size < 460px) {
    .dropzone {
      padding: var(--keyfold-space-6) var(--keyfold-space-4);
    }
    .dropzone .choices {
      inline-size: 100%;
      & .button {
        flex: 1 1 140px;
      }
    }
  }
`;
