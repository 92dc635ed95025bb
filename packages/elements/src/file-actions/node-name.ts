/** A name as it is shown: set apart from the text around it, with its own direction, and clipped in the middle where there is no room. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import { clipName } from "./name-clip.ts";

/** A file's name, its ending kept readable. */
export function fileName(name: string): TemplateResult {
  const { head, tail } = clipName(name);
  return html`<bdi class="clip"><span>${head}</span><span>${tail}</span></bdi>`;
}

/** A directory's name: clipped at its end. */
export function directoryName(name: string): TemplateResult {
  return html`<bdi>${name}</bdi>`;
}

export function nodeName(node: { kind: "directory" | "file"; displayName: string }): TemplateResult {
  return node.kind === "file" ? fileName(node.displayName) : directoryName(node.displayName);
}

/** Marks the words that were looked for. Clipping gives way: a mark across the seam would lie. */
export function markedName(name: string, text: string): TemplateResult {
  const words = text
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== "");
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&"));
  const parts = escaped.length === 0 ? [name] : name.split(new RegExp(`(${escaped.join("|")})`, "giu"));
  return html`<bdi>${parts.map((part, index) => (index % 2 === 1 ? html`<mark>${part}</mark>` : part))}</bdi>`;
}
