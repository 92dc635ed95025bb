/** The head of the list: the path, what can be done, what narrows a search. */
import { css } from "lit";

export const toolbarStyles = css`
  .toolbar {
    flex: none;
    display: flex;
    align-items: center;
    gap: var(--keyfold-space-2);
    min-block-size: 48px;
    padding-inline: var(--keyfold-pad);
    & .chosen {
      font: 600 var(--keyfold-type-m) var(--keyfold-font);
      white-space: nowrap;
    }
    & > .icon-button:first-child {
      margin-inline-start: -8px;
    }
  }
  .breadcrumb {
    display: flex;
    align-items: center;
    gap: 2px;
    flex: 1;
    min-inline-size: 0;
    font: 600 var(--keyfold-type-m) var(--keyfold-font);
    & .crumb {
      border: 0;
      background: transparent;
      cursor: default;
      color: var(--keyfold-text-2);
      font-weight: 400;
      padding: 4px 6px;
      margin-inline-start: -6px;
      border-radius: var(--keyfold-radius-small);
      white-space: nowrap;
      max-inline-size: 160px;
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      &:hover,
      &.over {
        background: var(--keyfold-well);
        color: var(--keyfold-text);
      }
      &.over {
        outline: 2px solid var(--keyfold-accent);
        outline-offset: -2px;
      }
    }
    & .sep {
      color: var(--keyfold-text-3);
      inline-size: 16px;
      block-size: 16px;
      margin-inline-end: 6px;
    }
    & h2 {
      font: inherit;
      white-space: nowrap;
      overflow: hidden;
      text-overflow: ellipsis;
      min-inline-size: 0;
    }
    & .up {
      display: none;
      margin-inline-start: -10px;
    }
  }
  .filters {
    flex: none;
    padding: 0 var(--keyfold-pad) 14px;
    & .clear {
      margin-inline-start: auto;
      border: 0;
      padding: 0;
      background: none;
      color: var(--keyfold-accent-ink);
      font: var(--keyfold-type-s) var(--keyfold-font);
      text-decoration: underline;
      text-underline-offset: 0.2em;
      text-decoration-color: var(--keyfold-accent-line);
    }
  }
  @container keyfold-list (inline-size < 660px) {
    .toolbar .labelled span {
      display: none;
    }
  }
  @container keyfold-list (inline-size < 460px) {
    .toolbar > .button:not(.labelled, .danger) {
      display: none !important;
    }
    .breadcrumb :is(.crumb, .sep) {
      display: none;
    }
    .breadcrumb .up {
      display: inline-grid;
    }
    .filters {
      flex-wrap: nowrap;
      overflow-x: auto;
      scrollbar-width: none;
    }
  }
  @media (pointer: coarse) {
    .toolbar {
      min-block-size: 60px;
    }
    .crumb,
    .filters .clear {
      min-block-size: 44px;
    }
  }
`;
