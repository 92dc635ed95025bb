/** What comes above everything else: dialogs, and sheets that rise from below. */
import { css } from "lit";

export const dialogStyles = css`
  @layer parts {
    .dialog {
      background: var(--keyfold-raised);
      border: 1px solid light-dark(transparent, var(--keyfold-border));
      border-radius: calc(var(--keyfold-radius) * 2);
      box-shadow:
        var(--keyfold-shadow-3),
        0 0 0 1px light-dark(oklch(0.2 0.03 230 / 0.08), transparent);
      inline-size: min(620px, 100% - 32px);
      color: var(--keyfold-text);
      padding: 0;
      & > header {
        display: flex;
        align-items: start;
        gap: 12px;
        padding: 18px 14px 14px 24px;
        & h2 {
          flex: 1;
          font: 600 var(--keyfold-type-xl) var(--keyfold-font);
          letter-spacing: -0.008em;
        }
        & p {
          color: var(--keyfold-text-2);
          margin-block-start: 2px;
        }
      }
      & > .content {
        padding: 4px 24px 22px;
      }
      & > footer {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 14px 24px;
        border-block-start: 1px solid var(--keyfold-border);
        & .grow {
          flex: 1;
        }
      }
    }

    .scrim {
      position: absolute;
      inset: 0;
      background: light-dark(oklch(0.32 0.03 232 / 0.34), oklch(0.1 0.01 232 / 0.62));
      display: grid;
      place-items: center;
      z-index: 5;
    }

    .dialog,
    .sheet-up {
      animation: keyfold-rise var(--keyfold-duration-slow) var(--keyfold-ease) backwards;
    }
    .sheet-up {
      position: absolute;
      inset-inline: 0;
      inset-block-end: 0;
      background: var(--keyfold-raised);
      border-start-start-radius: 16px;
      border-start-end-radius: 16px;
      box-shadow: var(--keyfold-shadow-3);
      padding: 8px var(--keyfold-pad) calc(16px + env(safe-area-inset-bottom));
      max-block-size: 92%;
      overflow: auto;
      z-index: 6;
      &::before {
        content: "";
        display: block;
        inline-size: 36px;
        block-size: 4px;
        border-radius: 2px;
        background: var(--keyfold-border-strong);
        margin: 0 auto 10px;
        opacity: 0.7;
      }
    }

    /* the same two on <dialog>, with the browser's own top layer, focus and Escape */
    dialog.dialog,
    dialog.sheet-up {
      &:not([open]) {
        display: none;
      }
      &::backdrop {
        background: light-dark(oklch(0.32 0.03 232 / 0.34), oklch(0.1 0.01 232 / 0.62));
      }
    }
    dialog.dialog {
      margin: auto;
      max-block-size: calc(100dvh - 32px);
      overflow: auto;
    }
    dialog.sheet-up {
      position: fixed;
      inset: auto 0 0;
      margin: 0;
      border: 0;
      inline-size: 100%;
      max-inline-size: 100%;
      max-block-size: 92dvh;
      color: var(--keyfold-text);
    }
    @media (max-width: 659px) {
      dialog.dialog {
        margin-block-end: 0;
        inline-size: 100%;
        max-inline-size: 100%;
        border-end-start-radius: 0;
        border-end-end-radius: 0;
      }
    }

    @keyframes keyfold-rise {
      from {
        opacity: 0;
        translate: 0 12px;
      }
    }
  }
`;
