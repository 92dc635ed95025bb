/** What stands where there are no rows, or not yet. */
import { css } from "lit";

export const blankStyles = css`
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
