import { css } from "lit";

/** Black on white whatever the screen wears: it goes onto paper. */
export const kitStyles = css`
  @page {
    margin: 18mm;
  }
  :root {
    color-scheme: light;
    --keyfold-font: system-ui, sans-serif;
    --keyfold-font-mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
    --keyfold-surface: #fff;
    --keyfold-text: #000;
    --keyfold-text-2: #333;
    --keyfold-text-3: #555;
    --keyfold-border: #999;
    --keyfold-border-strong: #000;
    --keyfold-radius: 6px;
    --keyfold-type-xs: 9pt/12pt;
  }
  *,
  ::before {
    box-sizing: border-box;
  }
  body {
    margin: 0;
    font:
      11pt/16pt system-ui,
      sans-serif;
    color: #000;
    background: #fff;
  }
  h1 {
    margin: 0 0 4pt;
    font-size: 20pt;
    line-height: 26pt;
  }
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .lead {
    margin: 0 0 18pt;
  }
  .plate {
    inline-size: 360px;
    border: 1px solid #000;
    border-radius: 8px;
    break-inside: avoid;
  }
  .warning {
    margin: 18pt 0;
    font-weight: 600;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 8pt 16pt;
    margin: 0;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .mono {
    font-family: var(--keyfold-font-mono);
  }
  .fine {
    font-size: 8pt;
    line-height: 12pt;
  }
  .without {
    margin-block-start: 14pt;
    break-inside: avoid;
  }
  .without h2 {
    margin: 0 0 2pt;
    font-size: 12pt;
    line-height: 16pt;
  }
  .without p {
    margin: 0 0 4pt;
  }
  .blank {
    block-size: 40pt;
    border-block-end: 1px solid #999;
  }
`;
