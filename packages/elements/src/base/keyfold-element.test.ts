import { html, render } from "lit";
import { customElement } from "lit/decorators.js";
import type { TemplateResult } from "lit";
import { FixtureFolder, expect, fixture, foreignRoot, placed, settled, textOf, waitUntil } from "../test/element-test.ts";
import { KeyfoldElement } from "./keyfold-element.ts";

@customElement("test-status")
class TestStatus extends KeyfoldElement {
  override render(): TemplateResult {
    return html`<p>${this.status} ${this.format.number(1234.5)} ${this.words.files.myFolder}</p>`;
  }
}

describe("KeyfoldElement", () => {
  it("shows the folder it is given, and follows its state", async () => {
    const folder = new FixtureFolder();
    const element = await placed<TestStatus>(html`<test-status .folder=${folder}></test-status>`);
    expect(textOf(element)).to.contain("open");
    folder.pose({ status: "locking" });
    await settled(element);
    expect(textOf(element)).to.contain("locking");
  });

  it("takes a folder that was set before it was attached, or before it was defined", async () => {
    const early = document.createElement("test-early") as TestStatus;
    early.folder = new FixtureFolder([], { status: "signed-in" });
    const host = await fixture<HTMLElement>(html`<div></div>`);
    host.append(early);
    customElements.define("test-early", class extends TestStatus {});
    await settled(early);
    expect(textOf(early)).to.contain("signed-in");
  });

  it("lets go of the folder when it is taken out, and follows it again when it comes back", async () => {
    const folder = new FixtureFolder();
    const element = await placed<TestStatus>(html`<test-status .folder=${folder}></test-status>`);
    const home = element.parentElement;
    expect(folder.subscribers).to.equal(1);
    element.remove();
    expect(folder.subscribers).to.equal(0);
    folder.pose({ status: "locked" });
    home?.append(element);
    await settled(element);
    expect(folder.subscribers).to.equal(1);
    expect(textOf(element)).to.contain("locked");
  });

  it("finds the element that for names, in its own root and in the document, whichever comes first", async () => {
    const folder = new FixtureFolder([], { status: "signed-in" });
    const root = await foreignRoot();
    render(html`<test-status for="main-folder"></test-status>`, root);
    const element = root.querySelector("test-status") as TestStatus;
    await settled(element);
    expect(textOf(element)).to.contain("none");

    const source = Object.assign(document.createElement("div"), {
      id: "main-folder",
      folder,
      status: "signed-in",
      problem: null,
      remember: "none",
      subscribeSource: () => () => {},
      ensureFolder: async () => folder,
    });
    root.host.parentElement?.append(source);
    await waitUntil(() => textOf(element).includes("signed-in"));
  });

  it("speaks the nearest language, through shadow roots, and hears when it changes", async () => {
    const wrapper = await fixture<HTMLElement>(html`<div lang="en-US"></div>`);
    const host = document.createElement("div");
    wrapper.append(host);
    const root = host.attachShadow({ mode: "open" });
    render(html`<test-status></test-status>`, root);
    const element = root.querySelector("test-status") as TestStatus;
    await settled(element);
    expect(textOf(element)).to.contain("1,234.5");
  });

  it("merges words of the page into its own, word by word", async () => {
    const element = await placed<TestStatus>(html`<test-status .i18n=${{ files: { myFolder: "Mandate 7" } }}></test-status>`);
    expect(textOf(element)).to.contain("Mandate 7");
  });
});
