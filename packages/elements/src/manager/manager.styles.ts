import { css } from "lit";

export const managerStyles = css`
  .frame {
    display: grid;
    grid-template-columns: 264px minmax(0, 1fr) 320px;
    grid-template-rows: auto auto minmax(0, 1fr) auto;
    grid-template-areas: "key head head" "alert alert alert" "side main aside" "foot foot foot";
    min-block-size: 100%;
    block-size: 100%;
    position: relative;
    background: var(--keyfold-surface);
  }

  .area-key {
    grid-area: key;
    display: flex;
    align-items: center;
    min-block-size: 56px;
    padding-inline: var(--keyfold-pad) 8px;
    background: var(--keyfold-sunken);
    border-block-end: 1px solid var(--keyfold-border);
    border-inline-end: 1px solid var(--keyfold-border);
  }

  .area-key keyfold-key-bar {
    flex: 1;
    min-inline-size: 0;
  }

  .area-head {
    grid-area: head;
    display: flex;
    align-items: center;
    gap: var(--keyfold-space-3);
    min-block-size: 56px;
    padding-inline: var(--keyfold-pad);
    border-block-end: 1px solid var(--keyfold-border);
    background: var(--keyfold-surface);
    & keyfold-search {
      flex: 0 1 340px;
    }
    & .grow {
      flex: 1;
    }
    & .ends {
      display: flex;
      align-items: center;
      gap: 2px;
    }
  }

  .area-alert {
    grid-area: alert;
  }

  .area-side {
    grid-area: side;
    background: var(--keyfold-sunken);
    border-inline-end: 1px solid var(--keyfold-border);
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    padding: 12px 8px 14px;
    gap: var(--keyfold-space-3);
    overflow: auto;
    & keyfold-tree {
      flex: 1;
    }
    & .below {
      padding-inline: 8px;
      display: grid;
      gap: var(--keyfold-space-3);
    }
  }

  .area-main {
    grid-area: main;
    min-inline-size: 0;
    min-block-size: 0;
    display: flex;
    flex-direction: column;
    background: var(--keyfold-surface);
    & > .scroll {
      flex: 1;
      min-block-size: 0;
      overflow: auto;
    }
    & > keyfold-transfers {
      border-block-start: 1px solid var(--keyfold-border);
      background: var(--keyfold-surface);
    }
  }

  .area-aside {
    grid-area: aside;
    background: var(--keyfold-sunken);
    border-inline-start: 1px solid var(--keyfold-border);
    min-block-size: 0;
    overflow: auto;
    padding: var(--keyfold-pad);
  }

  .area-foot {
    grid-area: foot;
  }

  .frame.plain {
    grid-template-columns: 264px minmax(0, 1fr);
    grid-template-areas: "key head" "alert alert" "side main" "foot foot";
  }
  .frame.whole {
    grid-template-areas: "key head head" "alert alert alert" "main main main" "foot foot foot";
  }
  .frame.home {
    block-size: auto;
    min-block-size: 100%;
    grid-template-rows: auto auto minmax(0, 1fr) auto;
  }

  :host {
    container: keyfold-manager / inline-size;
    position: relative;
    background: var(--keyfold-surface);
    /* a page of its own fills the window; a site that gives it a place sets its size */
    block-size: 100dvh;
    min-block-size: 420px;
  }
  :host(:state(home)),
  :host(:state(key)) {
    block-size: auto;
    min-block-size: 100dvh;
    & .frame {
      min-block-size: 100dvh;
    }
  }

  .problem {
    padding: 12px var(--keyfold-pad) 0;
  }

  /* what has no column comes up in a dialog */
  .close {
    position: absolute;
    inset-block-start: 10px;
    inset-inline-end: 10px;
    z-index: 2;
  }
  .code-dialog {
    inline-size: min(360px, 100% - 32px);
    padding: 0;
    background: transparent;
    border: 0;
    box-shadow: none;
    & .close {
      inset-block-start: auto;
      inset-block-end: 12px;
      display: none;
    }
  }

  .bottom-bar {
    display: none;
  }

  @container keyfold-manager (inline-size < 1080px) {
    .frame:not(.whole, .plain, .home) {
      grid-template-columns: 264px minmax(0, 1fr);
      grid-template-areas: "key head" "alert alert" "side main" "foot foot";
    }
    .frame.home {
      grid-template-columns: 264px minmax(0, 1fr);
      grid-template-areas: "key head" "alert alert" "side main" "side aside" "foot foot";
      grid-template-rows: auto auto auto auto auto;
      & .area-aside {
        border-inline-start: 0;
        border-block-start: 1px solid var(--keyfold-border);
      }
    }
    .frame.whole {
      grid-template-columns: 264px minmax(0, 1fr);
      grid-template-areas: "key head" "alert alert" "main main" "foot foot";
    }
  }
  @container keyfold-manager (inline-size < 660px) {
    .frame,
    .frame.plain,
    .frame.whole,
    .frame:not(.whole, .plain, .home) {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto auto minmax(0, 1fr) auto;
      grid-template-areas: "key" "alert" "main" "foot";
    }
    .frame.home {
      grid-template-columns: minmax(0, 1fr);
      grid-template-areas: "key" "alert" "main" "aside" "foot";
      grid-template-rows: auto;
    }
    .area-head,
    .area-side {
      display: none;
    }
    .frame.tab-search {
      grid-template-rows: auto auto auto minmax(0, 1fr) auto;
      grid-template-areas: "key" "alert" "head" "main" "foot";
      & .area-head {
        display: flex;
        padding-block: 6px;
        & keyfold-search {
          flex: 1;
        }
        & .grow,
        & .ends {
          display: none;
        }
      }
    }
    .frame.tab-sends .area-main > keyfold-list {
      display: none;
    }
    .area-key {
      border-inline-end: 0;
      background: var(--keyfold-surface);
      gap: 4px;
      padding-inline-end: 6px;
    }
    .bottom-bar {
      display: grid;
      grid-template-columns: repeat(5, 1fr);
      border-block-start: 1px solid var(--keyfold-border);
      background: var(--keyfold-surface);
      padding-block-end: env(safe-area-inset-bottom);
      & button,
      & a {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 3px;
        min-block-size: 58px;
        border: 0;
        background: transparent;
        color: var(--keyfold-text-2);
        font: 500 var(--keyfold-type-xs) var(--keyfold-font);
        text-decoration: none;
        position: relative;
        & .icon {
          inline-size: 22px;
          block-size: 22px;
          stroke-width: 1.4;
        }
      }
      & [aria-current] {
        color: var(--keyfold-accent-ink);
      }
      & .add .icon {
        inline-size: 22px;
        color: var(--keyfold-accent-on);
      }
      & .add i {
        inline-size: 48px;
        block-size: 30px;
        border-radius: 15px;
        background: var(--keyfold-accent);
        display: grid;
        place-items: center;
        color: var(--keyfold-accent-on);
        margin-block: -4px;
      }
      & .count {
        position: absolute;
        inset-block-start: 6px;
        inset-inline-start: calc(50% + 6px);
        min-inline-size: 16px;
        block-size: 16px;
        padding-inline: 4px;
        border-radius: 8px;
        background: var(--keyfold-accent);
        color: var(--keyfold-accent-on);
        font: 600 0.75rem/16px var(--keyfold-font);
        text-align: center;
      }
    }
  }
  @media (forced-colors: active) {
    [aria-current] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
