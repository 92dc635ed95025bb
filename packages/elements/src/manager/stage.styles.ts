import { css } from "lit";

/** What the middle shows besides the list: the first visit's page, the key's steps, the key entry. */
export const stageStyles = css`
  .stage {
    background: var(--keyfold-sunken);
    padding: 32px 24px 40px;
    align-items: center;
    gap: 16px;
    & > keyfold-key-ceremony,
    & > keyfold-key-entry,
    & > .problem {
      inline-size: min(940px, 100%);
    }
  }

  .welcome {
    display: grid;
    grid-template-rows: auto 1fr auto;
    flex: 1;
    gap: 20px;
    padding: 22px var(--keyfold-pad) 28px;
    & keyfold-uploader {
      block-size: 100%;
      min-block-size: 300px;
    }
    & .intro h1 {
      font: 600 var(--keyfold-type-2xl) var(--keyfold-font);
      letter-spacing: -0.014em;
    }
    & .intro p {
      color: var(--keyfold-text-2);
      font: var(--keyfold-type-l) var(--keyfold-font);
      margin-block-start: 2px;
    }
  }
  .how {
    display: grid;
    grid-template-columns: repeat(3, 1fr);
    gap: 24px;
    & li {
      display: grid;
      grid-template-columns: 28px 1fr;
      gap: 10px;
    }
    & .mark {
      inline-size: 26px;
      block-size: 26px;
    }
    & b {
      display: block;
      font: 600 var(--keyfold-type-s) var(--keyfold-font);
    }
    & span {
      display: block;
      font: var(--keyfold-type-s) var(--keyfold-font);
      color: var(--keyfold-text-2);
    }
  }
  .fade {
    display: grid;
    grid-template-columns: 20px 1fr;
    gap: 8px;
    padding: 14px 4px 0;
    & .icon {
      inline-size: 18px;
      block-size: 18px;
    }
  }

  @container keyfold-manager (inline-size < 660px) {
    .stage {
      padding: 0;
      background: var(--keyfold-surface);
      align-items: stretch;
      & > keyfold-key-ceremony,
      & > keyfold-key-entry {
        inline-size: 100%;
      }
    }
    .welcome {
      padding: 20px;
    }
    .how {
      grid-template-columns: 1fr;
      gap: 12px;
    }
  }
`;
