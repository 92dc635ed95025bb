/** A `<keyfold-list>` of a given size in the page, and what a test sees and presses in it. */
import { html } from "lit";
import "../define/list.ts";
import type { KeyfoldList } from "../list/list.ts";
import { drawnTree, fixture, FixtureFolder, part, settled, waitUntil } from "./element-test.ts";

export const rows = (list: KeyfoldList): HTMLElement[] => [...(list.shadowRoot?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
export const nameOf = (row: HTMLElement): string =>
  (row.matches(".card") ? row : row.querySelector('[data-column="name"]'))?.ariaLabel ?? "";
export const named = (list: KeyfoldList, name: string): HTMLElement => {
  const found = rows(list).find((row) => nameOf(row).startsWith(name));
  if (found === undefined) throw new Error(`no row ${name}`);
  return found;
};
export const idOf = (folder: FixtureFolder, path: string): string => {
  const node = folder.state.tree.resolve(path);
  if (node == null) throw new Error(`no node ${path}`);
  return node.id;
};
export const cell = (row: HTMLElement): HTMLElement =>
  row.matches(".card") ? row : (row.querySelector<HTMLElement>('[data-column="name"]') ?? row);

export async function drawn(
  folder = new FixtureFolder(drawnTree),
  given: Partial<KeyfoldList> = {},
  width = 900,
  height = 700,
): Promise<{ list: KeyfoldList; folder: FixtureFolder }> {
  const box = await fixture<HTMLElement>(html`<div><keyfold-list .folder=${folder}></keyfold-list></div>`);
  const list = box.querySelector<KeyfoldList>("keyfold-list");
  if (list === null) throw new Error("no list");
  box.style.inlineSize = `${width}px`;
  list.style.blockSize = `${height}px`;
  Object.assign(list, given);
  await drawnAgain(list);
  return { list, folder };
}

/** After what a browser tells by itself: sizes, scrolling. */
export async function drawnAgain(list: KeyfoldList): Promise<void> {
  await settled(list);
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  await settled(list);
}

export async function press(list: KeyfoldList, key: string, options: KeyboardEventInit = {}): Promise<void> {
  const target = list.shadowRoot?.activeElement ?? part(list, ".body");
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...options }));
  await settled(list);
  await settled(list);
}

/** A dialog that is open, and has come to rest: colours are measured. */
export async function opened(element: Element): Promise<void> {
  await waitUntil(() => element.shadowRoot?.querySelector("dialog")?.open === true);
  await Promise.all((element.shadowRoot?.querySelector("dialog")?.getAnimations() ?? []).map((animation) => animation.finished));
}

export const focusedRow = (list: KeyfoldList): string => {
  const row = list.shadowRoot?.activeElement?.closest<HTMLElement>("[data-id]");
  return row == null ? "" : (nameOf(row).split(", Unprotected")[0] ?? "");
};
