/** The mark: a tilted sheet whose four flaps fold in. */
import { css } from "lit";

export const markStyles = css`
  @layer parts {
    .mark {
      flex: none;
      display: block;
      inline-size: 28px;
      block-size: 28px;
      overflow: visible;
      stroke-linejoin: round;
      stroke-linecap: round;
      & .f0 {
        fill: var(--keyfold-accent);
      }
      & .f1 {
        fill: color-mix(in oklab, var(--keyfold-accent) 84%, var(--keyfold-surface));
      }
      & .f2 {
        fill: color-mix(in oklab, var(--keyfold-accent) 70%, var(--keyfold-surface));
      }
      & .f3 {
        fill: color-mix(in oklab, var(--keyfold-accent) 90%, var(--keyfold-surface));
      }
      & .core {
        fill: var(--keyfold-accent-soft);
      }
      & .sheet {
        fill: var(--keyfold-surface);
        stroke: var(--keyfold-accent-ink);
        stroke-width: 1;
        vector-effect: non-scaling-stroke;
        stroke-width: 1.5px;
      }
      & .crease {
        fill: none;
        stroke: var(--keyfold-accent-line);
        vector-effect: non-scaling-stroke;
        stroke-width: 1.5px;
        stroke-dasharray: 0.1 4;
      }
      & .flap {
        stroke: var(--keyfold-accent-ink);
        vector-effect: non-scaling-stroke;
        stroke-width: 1.5px;
      }
      &.open {
        & .sheet {
          fill: var(--keyfold-warning-soft);
          stroke: var(--keyfold-warning-ink);
        }
        & .crease {
          stroke: var(--keyfold-warning);
        }
      }
      &.solid path {
        stroke: var(--keyfold-surface);
        stroke-width: 0.45;
      }
      /* the newest flap turns over its own crease: outside it is paper, inside it is sealed */
      & .now {
        animation: keyfold-fold var(--keyfold-duration-fold) var(--keyfold-ease-fold) backwards;
        transform-box: fill-box;
      }
      & .now.f0 {
        transform-origin: top;
        --_from: 1 -1;
      }
      & .now.f1 {
        transform-origin: right;
        --_from: -1 1;
      }
      & .now.f2 {
        transform-origin: bottom;
        --_from: 1 -1;
      }
    }

    @keyframes keyfold-fold {
      from {
        scale: var(--_from);
        fill: var(--keyfold-surface);
      }
      50% {
        fill: var(--keyfold-surface);
      }
      51% {
        fill: var(--keyfold-accent);
      }
    }

    @media (forced-colors: active) {
      .mark path {
        stroke: CanvasText;
      }
      .mark :is(.f0, .f1, .f2, .f3, .core, .sheet) {
        fill: Canvas;
      }
      .mark .flap {
        fill: CanvasText;
      }
    }
  }
`;
