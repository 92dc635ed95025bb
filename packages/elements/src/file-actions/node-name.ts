/** A name as it is shown: set apart from the text around it, with its own direction, and clipped in the middle where there is no room. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import type { SearchHit } from "@keyfold/core";
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

/** A name with what was looked for marked in it. Clipping gives way then: a mark across the seam would lie. */
export function foundName(node: { kind: "directory" | "file"; displayName: string }, ranges: SearchHit["ranges"]): TemplateResult {
  if (ranges.length === 0) return nodeName(node);
  const { displayName: name } = node;
  const parts: unknown[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    parts.push(name.slice(at, start), html`<mark>${name.slice(start, end)}</mark>`);
    at = end;
  }
  parts.push(name.slice(at));
  return html`<bdi>${parts}</bdi>`;
}
