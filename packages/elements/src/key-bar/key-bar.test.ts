import { KeyfoldError } from "@keyfold/core";
import { render } from "lit";
import "../define/key-bar.ts";
import { FixtureFolder, expect, foreignRoot, html, isAccessible, part, placed, settled, textOf, waitUntil } from "../test/element-test.ts";
import type { KeyfoldKeyBar } from "./key-bar.ts";

const placedWith = (folder: FixtureFolder) => placed<KeyfoldKeyBar>(html`<keyfold-key-bar .folder=${folder}></keyfold-key-bar>`);
const generate = (bar: KeyfoldKeyBar) => part<HTMLButtonElement>(bar, "[part=generate]");
const sign = (bar: KeyfoldKeyBar) => part<HTMLButtonElement>(bar, "[part=sign]");

describe("keyfold-key-bar", () => {
  it("is accessible in every state", async () => {
    const folder = new FixtureFolder();
    const element = await placedWith(folder);
    for (const state of [
      {},
      { keyStep: "made" },
      { keyStep: "saved" },
      { status: "signed-in", keyStep: "none" },
      { status: "locked" },
    ] as const) {
      folder.pose(state);
      await settled(element);
      await isAccessible(element);
    }
  });

  it("leads from Generate key to Sign, which is disabled until the key is saved", async () => {
    const folder = new FixtureFolder();
    const element = await placedWith(folder);
    expect([textOf(generate(element)), textOf(sign(element))]).to.deep.equal(["Generate key", "Sign"]);
    expect(sign(element).ariaDisabled).to.equal("true");
    expect(sign(element).title).to.equal("Generate and save a key first");
    sign(element).click();
    expect(folder.ceremony.calls).to.deep.equal([]);

    folder.pose({ keyStep: "made" });
    await settled(element);
    expect(textOf(generate(element))).to.equal("Key made");
    expect(sign(element).title).to.equal("Save the key first");

    folder.ceremony.value = "saved";
    folder.pose({ keyStep: "saved" });
    await settled(element);
    expect(sign(element).ariaDisabled).to.equal(null);
    sign(element).click();
    await waitUntil(() => folder.state.status === "signed-in");
    await settled(element);
    expect(textOf(element)).to.contain("Locked");
  });

  it("shows the key's steps itself where nobody else does, and Escape does not close them", async () => {
    const element = await placedWith(new FixtureFolder());
    generate(element).click();
    await waitUntil(() => element.shadowRoot!.querySelector("keyfold-key-ceremony") !== null);
    const dialog = part<HTMLDialogElement>(element, "dialog");
    expect(dialog.open).to.equal(true);
    const cancel = new Event("cancel", { cancelable: true });
    dialog.dispatchEvent(cancel);
    expect(cancel.defaultPrevented).to.equal(true);
  });

  it("leaves the steps to a page that shows them elsewhere", async () => {
    const folder = new FixtureFolder();
    const element = await placedWith(folder);
    element.addEventListener("keyfold-generate", (event) => event.preventDefault());
    generate(element).click();
    await waitUntil(() => folder.ceremony.value === "made");
    await settled(element);
    expect(element.shadowRoot!.querySelector("dialog")).to.equal(null);
  });

  it("says why signing did not work", async () => {
    const folder = new FixtureFolder();
    folder.ceremony.value = "saved";
    folder.ceremony.refusal = new KeyfoldError("offline", "offline");
    folder.pose({ keyStep: "saved" });
    const element = await placedWith(folder);
    sign(element).click();
    await waitUntil(() => element.shadowRoot!.querySelector("[role=alert]") !== null);
    expect(textOf(part(element, "[role=alert]"))).to.equal("You’re offline.");
    expect(folder.ceremony.value).to.equal("saved");
  });

  it("makes no key for those who can only read", async () => {
    const folder = new FixtureFolder([], { access: "read" });
    const element = await placedWith(folder);
    expect(generate(element).ariaDisabled).to.equal("true");
    generate(element).click();
    expect(folder.ceremony.calls).to.deep.equal([]);
  });

  it("signs out", async () => {
    const folder = new FixtureFolder([], { status: "signed-in" });
    const element = await placedWith(folder);
    [...element.shadowRoot!.querySelectorAll("button")].find((button) => textOf(button) === "Sign out")?.click();
    await settled(element);
    expect(folder.calls.map((call) => call.name)).to.deep.equal(["signOut"]);
    expect(textOf(element)).to.contain("Enter the key");
  });

  it("makes a new key for a locked folder from its menu", async () => {
    const folder = new FixtureFolder([], { status: "signed-in" });
    const element = await placedWith(folder);
    part(element, "button.state").click();
    const menu = part(element, "keyfold-menu");
    await waitUntil(() => menu.shadowRoot?.querySelector("[role=menuitem]") !== null);
    menu.shadowRoot?.querySelector<HTMLElement>("[role=menuitem]")?.click();
    await waitUntil(() => folder.ceremony.value === "made");
  });

  it("works in a stranger's shadow root", async () => {
    const root = await foreignRoot();
    render(html`<keyfold-key-bar .folder=${new FixtureFolder()}></keyfold-key-bar>`, root);
    const element = root.querySelector("keyfold-key-bar")!;
    await settled(element);
    generate(element).click();
    await waitUntil(() => element.shadowRoot!.querySelector("keyfold-key-ceremony")?.shadowRoot?.querySelector(".plate") != null);
  });
});
