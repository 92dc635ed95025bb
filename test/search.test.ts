/** Looking for things in the demo, while another device changes them. Real server, real Chromium, its content security policy. */
import { Keyfold, memoryStore, type Folder } from "@keyfold/core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realisticNodes } from "../bench/search-names.ts";
import { device, launch, type Device } from "./browser.ts";
import { Site } from "./site.ts";
import { row } from "./steps.ts";

/** A few hundred files, as they lie in people's folders. */
function someFiles(count: number) {
  const nodes = realisticNodes(count);
  const wayTo = (at: number): string[] => (at < 0 ? [] : [...wayTo(nodes[at]!.parent), nodes[at]!.name]);
  return nodes
    .filter(({ isDirectory }) => !isDirectory)
    .map(({ name, parent }, index) => ({ file: new File([`content ${index}`], name), path: wayTo(parent) }));
}

/** Of what has the focus, in all shadow roots. Runs in the page. */
function focusedText(): string {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.textContent ?? "";
}

describe("a search in the demo", () => {
  let site: Site;
  let browser: Browser;
  let maker: Folder;
  let visitor: Device;

  beforeAll(async () => {
    site = await Site.start();
    browser = await launch();
    maker = await new Keyfold({ server: `${site.url}/keyfold`, store: memoryStore() }).create();
    await maker.upload(someFiles(300));
    await maker.upload([new File(["x"], "Résumé von Özgür.pdf"), new File(["x"], "حساب.pdf")], { to: "/Bewerbungen/2026" });
    visitor = await device(browser);
    await visitor.page.goto(maker.link(`${site.url}/`));
  }, 120_000);
  afterAll(async () => {
    await maker?.close();
    await browser?.close();
    await site?.remove();
  });

  it("finds by words, ways and with typing errors, and follows what another device does", async () => {
    const { page } = visitor;
    const field = page.locator("keyfold-search").getByRole("searchbox");
    await row(page, "Bewerbungen").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("resume ozgur");
    await row(page, "Résumé von Özgür.pdf").waitFor();
    const marks = await page.locator("keyfold-list mark").allTextContents();
    expect(marks).toEqual(["Résumé", "Özgür"]);
    await field.fill("bewerbungen/ resmue");
    await row(page, "Résumé von Özgür.pdf").waitFor();

    await maker.rename("/Bewerbungen", "Applications");
    await maker.settled();
    await page.getByText("Nothing found", { exact: true }).waitFor();
    await field.fill("applications/");
    await row(page, "حساب.pdf").waitFor();
    await maker.trash(["/Applications"]);
    await maker.settled();
    await page.getByText("Nothing found", { exact: true }).waitFor();
    await maker.restore(maker.state.tree.trash().map(({ id }) => ({ node: id })));
    await maker.settled();
    await row(page, "حساب.pdf").waitFor();
  });

  it("is walked with the keyboard alone, and leaves nothing behind", async () => {
    const { page, complaints } = visitor;
    const field = page.locator("keyfold-search").getByRole("searchbox");
    await field.fill("حساب");
    await row(page, "حساب.pdf").waitFor();
    await field.press("ArrowDown");
    expect(await page.evaluate(focusedText)).toContain("حساب.pdf");
    await page.keyboard.press("ArrowUp");
    await field.press("Enter");
    await page.getByRole("dialog").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").first().waitFor({ state: "hidden" });
    await field.press("Escape");
    expect(await field.inputValue()).toBe("");
    await row(page, "Applications").waitFor();
    const stored = await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), location.href]));
    expect(stored).not.toContain("حساب");
    expect(complaints).toEqual([]);
  });
});
