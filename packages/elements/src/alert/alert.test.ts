import "../define/alert.ts";
import { FixtureFolder, expect, fixture, fixtureProblem, html, isAccessible, part, placed, settled, textOf } from "../test/element-test.ts";
import type { KeyfoldAlert } from "./alert.ts";

const exact =
  "Your folder isn’t secure. Your files might be stolen or downloaded by anyone. Kindly generate a 64-byte key at the top left corner and click the sign button to secure your folder.";

describe("keyfold-alert", () => {
  it("is accessible", async () => {
    await isAccessible(await placed<KeyfoldAlert>(html`<keyfold-alert .folder=${new FixtureFolder()}></keyfold-alert>`));
  });

  it("says its exact words while the folder is open, and offers no way to dismiss them", async () => {
    const element = await placed<KeyfoldAlert>(html`<keyfold-alert .folder=${new FixtureFolder()}></keyfold-alert>`);
    expect(textOf(part(element, ".alert"))).to.contain(exact);
    expect([...element.shadowRoot!.querySelectorAll(".alert button")].map(textOf)).to.deep.equal(["How locking works"]);
  });

  it("says them before there is a folder, and not where one could not be opened", async () => {
    const element = await placed<KeyfoldAlert>(html`<keyfold-alert></keyfold-alert>`);
    expect(textOf(element)).to.contain("Your folder isn’t secure.");
    element.folder = new FixtureFolder([], { status: "none", problem: fixtureProblem("offline") });
    await settled(element);
    expect(textOf(element)).to.equal("");
  });

  it("names the corner where the key bar is in right-to-left pages", async () => {
    const page = await fixture<HTMLElement>(html`<div dir="rtl"><keyfold-alert .folder=${new FixtureFolder()}></keyfold-alert></div>`);
    expect(textOf(page.querySelector("keyfold-alert"))).to.contain("at the top right corner");
  });

  it("says on a page over http:// that it is not protected, below the folder's own words, and goes on saying it when the folder is locked", async () => {
    const folder = new FixtureFolder([], { insecurePage: true });
    const element = await placed<KeyfoldAlert>(html`<keyfold-alert .folder=${folder}></keyfold-alert>`);
    expect(textOf(part(element, ".alert"))).to.contain(exact);
    const network = part(element, "[part=network]");
    expect(textOf(network)).to.equal(
      "This page came over http://. Whoever is on the network can change it, and so read your files and your key. Over https:// nobody in between can.",
    );
    expect(network.compareDocumentPosition(part(element, ".alert")) & Node.DOCUMENT_POSITION_PRECEDING).to.not.equal(0);
    expect(network.getBoundingClientRect().height).to.be.above(20);
    await isAccessible(element);
    folder.pose({ status: "signed-in" });
    await settled(element);
    expect(textOf(element)).to.contain("This page came over http://.");
    expect(textOf(element)).not.to.contain("Your folder isn’t secure.");
  });

  it("says nothing of the network on a page that is protected from it", async () => {
    const element = await placed<KeyfoldAlert>(html`<keyfold-alert .folder=${new FixtureFolder()}></keyfold-alert>`);
    expect(textOf(element)).not.to.contain("http://");
  });

  it("goes once the folder is locked", async () => {
    const folder = new FixtureFolder();
    const element = await placed<KeyfoldAlert>(html`<keyfold-alert .folder=${folder}></keyfold-alert>`);
    folder.pose({ status: "signed-in" });
    await settled(element);
    expect(textOf(element)).to.equal("");
  });

  it("says how much is still being re-encrypted, with a bar, until it is over", async () => {
    const folder = new FixtureFolder([], { status: "signed-in", exposed: { remaining: 12, total: 340 } });
    const element = await placed<KeyfoldAlert>(html`<keyfold-alert .folder=${folder}></keyfold-alert>`);
    expect(textOf(element)).to.contain(
      "Locked; 12 of 340 still being re-encrypted. Files uploaded before locking may already have been copied.",
    );
    expect(part(element, "[role=progressbar]").ariaValueNow).to.equal("96");
    await isAccessible(element);
    folder.pose({ exposed: { remaining: 0, total: 340 } });
    await settled(element);
    expect(textOf(element)).to.equal("");
  });
});
