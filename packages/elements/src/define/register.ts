/** Registers an element once: a page may load this package twice, by two paths. The first one stays; the second is told about, once. */
export function register(name: string, element: CustomElementConstructor): void {
  const there = customElements.get(name);
  if (there === undefined) customElements.define(name, element);
  else if (there !== element && !told.has(name)) {
    told.add(name);
    // oxlint-disable-next-line no-console -- for the page's author, and nothing secret in it
    console.warn(`<${name}> is defined already: another copy of @keyfold/elements was loaded before.`);
  }
}

const told = new Set<string>();
