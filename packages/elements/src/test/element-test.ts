// oxlint-disable-next-line typescript/triple-slash-reference -- the test runner's globals, for all tests that start from here
/// <reference path="../../node_modules/@types/mocha/index.d.ts" />
/** What element tests share: the element with a posed folder, settled, and accessible to begin with. */
import { expect, fixture, html } from "@open-wc/testing";
import type { TemplateResult } from "lit";
import type { LitElement } from "lit";

export { aTimeout, expect, fixture, fixtureCleanup, html, oneEvent, waitUntil } from "@open-wc/testing";
export * from "./fixture-folder.ts";

/** Puts a template into the page and waits for its updates. */
export async function placed<T extends LitElement>(template: TemplateResult): Promise<T> {
  const element = await fixture<T>(template);
  await settled(element);
  return element;
}

/** Waits until an element has drawn everything that was asked of it. */
export async function settled(element: LitElement): Promise<void> {
  while (!(await element.updateComplete));
}

/** One element inside the shadow root, by selector, as the kind that the test says it is; fails when it is not there. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- like querySelector's
export function part<T extends Element = HTMLElement>(element: Element, selector: string): T {
  const found = element.shadowRoot?.querySelector<T>(selector);
  if (found == null) throw new Error(`${element.localName} has no ${selector}`);
  return found;
}

/** The text a person reads, white space folded. */
export function textOf(element: Element | null | undefined): string {
  return (element?.shadowRoot ?? element)?.textContent?.replaceAll(/\s+/g, " ").trim() ?? "";
}

/** Fails with axe's findings, in the element's own shadow roots too. */
export async function isAccessible(element: Element): Promise<void> {
  await expect(element).to.be.accessible();
}

/** A stranger's shadow root around a template, as a framework's page would have. */
export async function foreignRoot(): Promise<ShadowRoot> {
  const host = await fixture<HTMLElement>(html`<div></div>`);
  return host.attachShadow({ mode: "open" });
}
