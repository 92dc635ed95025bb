import { css } from "lit";

const table = css`
  .table {
    display: grid;
    grid-template-columns: 26px minmax(0, 1fr) 108px 108px 76px 40px;
    column-gap: var(--keyfold-space-3);
    padding-inline: calc(var(--keyfold-pad) - 8px);
    align-content: start;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: subgrid;
    grid-column: 1 / -1;
    align-items: center;
    padding-inline: 8px;
  }
  .head {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    background: var(--keyfold-surface);
    min-block-size: 32px;
    font: 500 var(--keyfold-type-xs) var(--keyfold-font);
    color: var(--keyfold-text-2);
    border-block-end: 1px solid var(--keyfold-border);
    & button {
      all: unset;
      cursor: default;
      display: inline-flex;
      align-items: center;
      gap: 2px;
      border-radius: var(--keyfold-radius-small);
      min-block-size: 24px;
      &:hover {
        color: var(--keyfold-text);
      }
      &:focus-visible {
        outline: var(--keyfold-ring);
        outline-offset: 2px;
      }
      & .icon {
        inline-size: 14px;
        block-size: 14px;
        stroke-width: 2;
      }
    }
    & [aria-sort] {
      color: var(--keyfold-text);
    }
    & .end {
      text-align: end;
      justify-self: end;
    }
  }
  .row {
    block-size: var(--keyfold-row);
    position: relative;
    border-radius: var(--keyfold-radius);
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    cursor: default;
    user-select: none;
    -webkit-user-select: none;
    &::after {
      content: "";
      position: absolute;
      inset-inline: 38px 0;
      inset-block-end: 0;
      border-block-end: 1px solid color-mix(in oklab, var(--keyfold-border) 70%, var(--keyfold-surface));
      pointer-events: none;
    }
    &:has(+ .row[aria-selected="true"])::after,
    &[aria-selected="true"]::after {
      border-color: transparent;
    }
    &:hover {
      background: var(--keyfold-sunken);
    }
    & .checkbox {
      opacity: 0;
    }
    &:hover .checkbox,
    &:focus-within .checkbox,
    &[aria-selected="true"] .checkbox {
      opacity: 1;
    }
    &[aria-selected="true"] {
      background: var(--keyfold-accent-soft);
      color: var(--keyfold-text);
    }
    &.cut > * {
      opacity: 0.55;
    }
    &.over {
      background: var(--keyfold-accent-soft);
      outline: 2px solid var(--keyfold-accent);
      outline-offset: -2px;
    }
    & .col-check {
      display: grid;
    }
    & [role="gridcell"]:focus-visible {
      outline: var(--keyfold-ring);
      outline-offset: 2px;
      border-radius: var(--keyfold-radius-small);
    }
    /* the name stands for the whole row */
    & .name:focus-visible {
      outline: 0;
    }
    &:has(.name:focus-visible) {
      outline: var(--keyfold-ring);
      outline-offset: -1px;
    }
    & .name {
      display: flex;
      align-items: center;
      gap: 10px;
      min-inline-size: 0;
      color: var(--keyfold-text);
      font: 400 var(--keyfold-type-m) var(--keyfold-font);
      & > .tag {
        flex: none;
        order: 2;
      }
      /* beside the word there is room for the clock alone; the word stays at the column's end */
      & > .wait {
        order: 1;
      }
      & > .open + .wait {
        padding: 0 3px;
        background: transparent;
      }
      & > .text {
        flex: 1;
      }
    }
    &[aria-selected="true"] .name {
      font-weight: 500;
    }
    & .text {
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    & .lead {
      inline-size: 28px;
      display: grid;
      place-items: center;
      flex: none;
    }
    & .under {
      display: none;
    }
    & .end {
      text-align: end;
    }
    & .icon-button {
      inline-size: 28px;
      block-size: 28px;
    }
    & .from {
      display: flex;
      align-items: center;
      gap: 6px;
      & .icon {
        inline-size: 16px;
        block-size: 16px;
        color: var(--keyfold-text-3);
      }
    }
    & .from bdi {
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    & .col-modified {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
  }
  .gap {
    grid-column: 1 / -1;
    block-size: calc(var(--_gap) * 1px);
  }
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

const cards = css`
  .cards {
    padding: var(--keyfold-space-1) var(--keyfold-pad) var(--keyfold-space-6);
  }
  .cards .line {
    display: grid;
    grid-template-columns: repeat(var(--_columns), minmax(0, 1fr));
    column-gap: var(--keyfold-space-4);
    padding-block-end: var(--keyfold-space-5);
  }
  .card {
    min-inline-size: 0;
    display: grid;
    gap: 8px;
    align-content: start;
    position: relative;
    border-radius: var(--keyfold-radius-large);
    outline: 0;
    cursor: default;
    user-select: none;
    -webkit-user-select: none;
    &.cut {
      opacity: 0.55;
    }
    & .face {
      aspect-ratio: 4 / 3;
      border-radius: var(--keyfold-radius);
      position: relative;
      background: var(--keyfold-well);
      display: grid;
      place-items: center;
      min-block-size: 0;
    }
    & .face::after {
      content: "";
      position: absolute;
      inset: 0;
      border-radius: inherit;
      box-shadow: inset 0 0 0 1px light-dark(oklch(0.2 0.03 230 / 0.11), oklch(1 0 0 / 0.1));
      background: light-dark(transparent, oklch(0.2 0.02 232 / 0.2));
      pointer-events: none;
    }
    & .art {
      position: absolute;
      inset: 0;
      border-radius: inherit;
    }
    & .big {
      inline-size: 52px;
      block-size: 52px;
      stroke-width: 0.8;
    }
    & .face .checkbox {
      position: absolute;
      inset-block-start: 8px;
      inset-inline-start: 8px;
      z-index: 1;
    }
    & .face .more {
      position: absolute;
      inset-block-start: 4px;
      inset-inline-end: 4px;
      inline-size: 28px;
      block-size: 28px;
      z-index: 1;
      background: var(--keyfold-surface);
      box-shadow: var(--keyfold-shadow-1);
      opacity: 0;
    }
    & > .face,
    & > .tag {
      grid-area: 1 / 1;
    }
    & > .tag {
      align-self: end;
      justify-self: start;
      margin: 6px;
      z-index: 1;
      pointer-events: none;
      &.wait {
        justify-self: end;
      }
    }
    & .face .checkbox:not(:checked) {
      opacity: 0;
    }
    &:hover .face :is(.checkbox, .more),
    &:focus-within .face :is(.checkbox, .more) {
      opacity: 1;
    }
    & .label {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 0 8px;
      align-items: start;
      & .icon {
        grid-row: span 2;
        inline-size: 18px;
        block-size: 18px;
        margin-block-start: 1px;
      }
    }
    & .label b {
      font: 500 var(--keyfold-type-s) var(--keyfold-font);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    & .label small {
      font: var(--keyfold-type-xs) var(--keyfold-font);
      color: var(--keyfold-text-2);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    &[aria-selected="true"] .face {
      outline: 2px solid var(--keyfold-accent);
      outline-offset: 2px;
    }
    &:focus-visible .face {
      outline: var(--keyfold-ring);
      outline-offset: 4px;
    }
    &.over .face {
      outline: 3px solid var(--keyfold-accent);
    }
  }
`;

const around = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    max-block-size: 100dvh;
    container: keyfold-list / inline-size;
    font-variant-numeric: tabular-nums;
    background: var(--keyfold-surface);
    position: relative;
  }
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
  .body {
    flex: 1;
    min-block-size: 120px;
    overflow: auto;
    overflow-anchor: none;
    outline: 0;
    position: relative;
    &.over::after {
      content: "";
      position: sticky;
      display: block;
      inset-block: 0;
      block-size: 0;
    }
  }
  .dropping {
    position: absolute;
    inset: 52px 8px 8px;
    z-index: 3;
    border: 2px dashed var(--keyfold-accent);
    border-radius: var(--keyfold-radius-large);
    background: color-mix(in oklab, var(--keyfold-accent-soft) 60%, transparent);
    display: grid;
    place-items: end center;
    padding: 20px;
    pointer-events: none;
    & span {
      padding: 8px 14px;
      border-radius: var(--keyfold-radius);
      background: var(--keyfold-accent);
      color: var(--keyfold-accent-on);
      font: 500 var(--keyfold-type-s) var(--keyfold-font);
      max-inline-size: 100%;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
  }
  .blank {
    min-block-size: 260px;
    & > .icon {
      inline-size: 44px;
      block-size: 44px;
      stroke-width: 0.75;
      margin-block-end: 8px;
    }
    & .choices {
      flex-wrap: wrap;
      justify-content: center;
    }
  }
  .status {
    flex: none;
    display: flex;
    align-items: center;
    gap: var(--keyfold-space-2);
    min-block-size: 40px;
    padding-inline: var(--keyfold-pad) calc(var(--keyfold-pad) - 8px);
    border-block-start: 1px solid var(--keyfold-border);
    font: var(--keyfold-type-s) var(--keyfold-font);
    color: var(--keyfold-text-2);
    & .say {
      flex: 1;
      min-inline-size: 0;
      overflow-wrap: anywhere;
    }
    &.bad .say {
      color: var(--keyfold-danger-ink);
    }
  }
  .skeleton {
    & .row:hover {
      background: none;
    }
    & i {
      display: block;
      block-size: 10px;
      border-radius: 5px;
      background: var(--keyfold-well);
    }
    & .lead i {
      inline-size: 22px;
      block-size: 22px;
      border-radius: var(--keyfold-radius-small);
    }
    & .text i {
      inline-size: calc(var(--_w) * 1%);
    }
  }
`;

const adapt = css`
  @container keyfold-list (inline-size < 660px) {
    .table {
      grid-template-columns: 18px minmax(0, 1fr) 96px 72px 32px;
    }
    .col-from {
      display: none !important;
    }
    .toolbar .labelled span {
      display: none;
    }
  }
  @container keyfold-list (inline-size < 460px) {
    .table {
      grid-template-columns: minmax(0, 1fr) auto;
      padding-inline: 8px;
      column-gap: 4px;
    }
    .head,
    .toolbar > .button:not(.labelled, .danger) {
      display: none !important;
    }
    .breadcrumb :is(.crumb, .sep) {
      display: none;
    }
    .breadcrumb .up {
      display: inline-grid;
    }
    .row {
      block-size: max(var(--keyfold-row), 60px);
      & .col-check,
      & .col-modified,
      & .col-size {
        display: none;
      }
      & .name {
        font: 500 0.9375rem/1.25rem var(--keyfold-font);
        gap: 12px;
      }
      & .under {
        display: block;
        font: 400 var(--keyfold-type-s) var(--keyfold-font);
        color: var(--keyfold-text-2);
        overflow: hidden;
        text-overflow: ellipsis;
      }
      & .lead {
        inline-size: 40px;
      }
      & .thumb {
        inline-size: 40px;
        block-size: 40px;
        border-radius: var(--keyfold-radius);
      }
      &::after {
        inset-inline: 60px 0;
      }
      & .lead > .icon {
        inline-size: 26px;
        block-size: 26px;
        stroke-width: 1.2;
      }
      & .icon-button {
        inline-size: 44px;
        block-size: 44px;
      }
    }
    .cards .line {
      column-gap: 12px;
      padding-block-end: 16px;
    }
    .filters {
      flex-wrap: nowrap;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .card .label {
      grid-template-columns: minmax(0, 1fr);
      & .icon {
        display: none;
      }
    }
  }
  @media (pointer: coarse) {
    .toolbar {
      min-block-size: 60px;
    }
    .crumb,
    .head button,
    .filters .clear {
      min-block-size: 44px;
    }
    .row .icon-button {
      inline-size: 44px;
      block-size: 44px;
    }
    /* 44 px to the finger, 28 px to the eye */
    .card .face .more {
      inline-size: 44px;
      block-size: 44px;
      inset-block-start: -2px;
      inset-inline-end: -2px;
      border: 8px solid transparent;
      border-radius: calc(var(--keyfold-radius) + 8px);
      background-clip: padding-box;
      box-shadow: none;
      opacity: 1;
    }
    .checkbox:checked {
      background-clip: padding-box;
    }
    .card .face .checkbox {
      margin: 0;
      inset-block-start: 0;
      inset-inline-start: 0;
    }
  }
  @media (forced-colors: active) {
    .row[aria-selected="true"],
    .card[aria-selected="true"] .face {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .dropping {
      background: none;
    }
  }
`;

export const listStyles = [around, table, cards, adapt];
