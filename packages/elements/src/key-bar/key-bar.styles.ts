import { css } from "lit";

export const barStyles = css`
  .bar-of-key {
    display: flex;
    align-items: center;
    gap: var(--keyfold-space-2);
  }
  .steps {
    display: flex;
    align-items: center;
    gap: 2px;
  }
  .steps > .icon {
    color: var(--keyfold-text-3);
    inline-size: 16px;
    block-size: 16px;
  }
  .tight {
    gap: 4px;
    & .steps > .icon {
      display: none;
    }
    & .button {
      padding-inline: 8px;
    }
  }
  .mark {
    margin-inline-end: 2px;
  }
  .state {
    font-weight: 600;
  }
  .button.state {
    padding-inline: 8px;
    margin-inline-start: -8px;
  }
  .failure {
    color: var(--keyfold-danger-ink);
    margin-block-start: 4px;
  }
  .key-dialog {
    inline-size: min(940px, 100% - 32px);
    & .close {
      position: absolute;
      inset-block-start: 14px;
      inset-inline-end: 14px;
      z-index: 1;
    }
  }
`;
