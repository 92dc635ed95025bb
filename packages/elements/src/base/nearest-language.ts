/** The nearest `lang` of an element, through shadow roots, and a way to hear of changes (`dir` too). */

const listeners = new Set<() => void>();
let observer: MutationObserver | null = null;

/** The nearest `lang` at or above an element; `en` where there is none. */
export function nearestLanguage(element: Element): string {
  let at: Element | null = element;
  while (at !== null) {
    const found: Element | null = at.closest("[lang]");
    if (found !== null) return found.getAttribute("lang") || "en";
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return "en";
}

/** Calls back when `lang` or `dir` changed anywhere in the document. Returns the way to stop. One observer serves all elements. */
export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  if (observer === null) {
    observer = new MutationObserver(() => {
      for (const each of listeners) each();
    });
    observer.observe(document, { attributes: true, subtree: true, attributeFilter: ["lang", "dir"] });
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    observer?.disconnect();
    observer = null;
  };
}
