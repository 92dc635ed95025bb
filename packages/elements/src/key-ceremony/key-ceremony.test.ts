import { KeyfoldError } from "@keyfold/core";
import "../define/folder.ts";
import "../define/key-ceremony.ts";
import {
  FixtureFolder,
  drawnRows,
  drawnTree,
  expect,
  fixture,
  html,
  isAccessible,
  oneEvent,
  part,
  placed,
  settled,
  textOf,
  waitUntil,
} from "../test/element-test.ts";
import { FixtureClient } from "../test/fixture-client.ts";
import type { KeyfoldKeyCeremony } from "./key-ceremony.ts";
import { printKit } from "./kit.ts";
import { wordsFor } from "../i18n/index.ts";

async function begun(folder = new FixtureFolder(drawnTree)) {
  await folder.ceremony.generate();
  const element = await placed<KeyfoldKeyCeremony>(html`<keyfold-key-ceremony .folder=${folder}></keyfold-key-ceremony>`);
  return { folder, element, ceremony: folder.ceremony };
}

const buttonSaying = (element: Element, text: string): HTMLButtonElement => {
  const found = [...element.shadowRoot!.querySelectorAll("button")].find((button) => textOf(button).includes(text));
  if (found === undefined) throw new Error(`no button says ${text}`);
  return found;
};

/** Everything that is in the page of this element: text, attributes, and what fields hold. */
const allOf = (element: Element): string =>
  element.shadowRoot!.innerHTML + [...element.shadowRoot!.querySelectorAll("input")].map((input) => input.value).join(" ");

const holdsKey = (element: Element): boolean => drawnRows.some((row) => row.split("-").some((group) => allOf(element).includes(group)));

async function withClipboard(value: Partial<Clipboard>, work: () => Promise<void>): Promise<void> {
  const real = navigator.clipboard;
  Object.defineProperty(navigator, "clipboard", { configurable: true, value });
  try {
    await work();
  } finally {
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: real });
  }
}

describe("keyfold-key-ceremony", () => {
  it("is accessible at every step", async () => {
    const { element, folder, ceremony } = await begun();
    await isAccessible(element);
    buttonSaying(element, "Show key").click();
    await settled(element);
    await isAccessible(element);
    ceremony.kept("file");
    ceremony.confirmSaved();
    await settled(element);
    await isAccessible(element);
    await ceremony.sign();
    folder.pose({});
    await settled(element);
    await isAccessible(element);
  });

  it("shows nothing before a key is made", async () => {
    const element = await placed<KeyfoldKeyCeremony>(html`<keyfold-key-ceremony .folder=${new FixtureFolder()}></keyfold-key-ceremony>`);
    expect(textOf(element)).to.equal("");
  });

  it("holds dots, not hidden letters, until the person asks to see the key", async () => {
    const { element } = await begun();
    expect(textOf(part(element, ".plate"))).to.contain("•••••");
    expect(holdsKey(element)).to.equal(false);
    buttonSaying(element, "Show key").click();
    await settled(element);
    expect(textOf(part(element, ".plate li"))).to.equal("A7G7P0F6Z6XFRCV");
  });

  for (const [what, leave] of [
    ["the window loses the focus", () => dispatchEvent(new FocusEvent("blur"))],
    ["the page is hidden", () => document.dispatchEvent(new Event("visibilitychange"))],
    ["the page is left", () => dispatchEvent(new PageTransitionEvent("pagehide"))],
  ] as const) {
    it(`masks the key again when ${what}`, async () => {
      const { element } = await begun();
      buttonSaying(element, "Show key").click();
      await settled(element);
      expect(holdsKey(element)).to.equal(true);
      leave();
      await settled(element);
      expect(holdsKey(element)).to.equal(false);
    });
  }

  it("masks the key when it goes to another step", async () => {
    const { element, ceremony } = await begun();
    buttonSaying(element, "Show key").click();
    ceremony.kept("kit");
    ceremony.confirmSaved();
    await settled(element);
    expect(holdsKey(element)).to.equal(false);
  });

  it("has no way out of the first step but “I’ve saved it”, which waits until the key is kept", async () => {
    const { element, ceremony } = await begun();
    expect(
      [...element.shadowRoot!.querySelectorAll("button")].map(textOf).filter((text) => /close|cancel|not yet/i.test(text)),
    ).to.deep.equal([]);
    const saved = buttonSaying(element, "I’ve saved it");
    expect(saved.ariaDisabled).to.equal("true");
    saved.click();
    expect(ceremony.value).to.equal("made");
  });

  it("saves the key as a file, says where it is, and goes on to signing", async () => {
    const { element, ceremony } = await begun();
    const downloads: { name: string; href: string }[] = [];
    const caught = (event: Event): void => {
      const link = event.composedPath()[0];
      if (!(link instanceof HTMLAnchorElement) || link.download === "") return;
      event.preventDefault();
      downloads.push({ name: link.download, href: link.href });
    };
    document.addEventListener("click", caught);
    buttonSaying(element, "Save as a file").click();
    document.removeEventListener("click", caught);
    await settled(element);
    expect(downloads.map(({ name }) => name)).to.deep.equal(["keyfold-key-7F2A91C4.txt"]);
    expect(await (await fetch(downloads[0]!.href)).text()).to.contain(drawnRows[0]);
    expect(textOf(element)).to.contain("The file is on this computer. Put a copy somewhere else as well.");
    buttonSaying(element, "I’ve saved it").click();
    await settled(element);
    expect(ceremony.value).to.equal("saved");
    expect(textOf(part(element, "h1"))).to.equal("Sign to lock the folder");
  });

  it("asks for one row back after copying, says how far it is right, and takes it in any way of writing", async () => {
    const { element, ceremony } = await begun();
    const copied: string[] = [];
    await withClipboard({ writeText: async (text: string) => void copied.push(text) }, async () => {
      buttonSaying(element, "Copy it").click();
      await waitUntil(() => textOf(part(element, "h1")) === "Type row 5 back");
    });
    expect(copied).to.deep.equal([drawnRows.join("\n")]);
    expect(ceremony.value).to.equal("made");
    await isAccessible(element);
    const input = part<HTMLInputElement>(element, "input");
    const type = async (text: string): Promise<void> => {
      input.value = text;
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await settled(element);
    };
    await type("qqmft jow");
    expect(textOf(part(element, "#said"))).to.equal("First group is right. 7 characters to go.");
    await type("qqmft jowap T969B");
    expect(textOf(part(element, "#said"))).to.contain("That is not the row");
    expect(buttonSaying(element, "Continue").ariaDisabled).to.equal("true");
    await type("qqmft-jowap-t969a");
    expect(textOf(part(element, "#said"))).to.equal("The row is right.");
    buttonSaying(element, "Continue").click();
    await settled(element);
    expect(ceremony.value).to.equal("saved");
    expect(holdsKey(element)).to.equal(false);
  });

  it("has room to type the row back on a phone", async () => {
    await withClipboard({ writeText: () => Promise.resolve() }, async () => {
      const { element } = await begun();
      element.style.inlineSize = "360px";
      buttonSaying(element, "Copy it").click();
      await waitUntil(() => element.shadowRoot!.querySelector(".row-input") !== null);
      await settled(element);
      expect(part(element, ".row-input").getBoundingClientRect().width).to.be.greaterThan(300);
    });
  });

  it("says where copying was not allowed", async () => {
    const { element, ceremony } = await begun();
    await withClipboard({ writeText: () => Promise.reject(new Error("denied")) }, async () => {
      buttonSaying(element, "Copy it").click();
      await waitUntil(() => textOf(element).includes("did not allow copying"));
    });
    expect(ceremony.calls).not.to.contain("copied");
  });

  it("says what signing does before it is done, signs, and says that it is done", async () => {
    const { element, folder, ceremony } = await begun();
    ceremony.kept("file");
    ceremony.confirmSaved();
    await settled(element);
    expect(textOf(element)).to.contain("10 files and 6 subfolders lock at once.");
    expect(textOf(element)).to.contain("What was copied stays copied.");
    buttonSaying(element, "Sign and lock").click();
    await waitUntil(() => folder.state.status === "signed-in");
    await settled(element);
    expect(textOf(part(element, "h1"))).to.equal("The folder is locked");
    const closed = oneEvent(element, "keyfold-close");
    buttonSaying(element, "To the folder").click();
    expect((await closed).bubbles).to.equal(false);
  });

  it("says on a page over http:// that the key is not protected from the network, and keeps it no longer than the tab", async () => {
    const client = new FixtureClient();
    const folder = new FixtureFolder(drawnTree, { insecurePage: true });
    client.held.set(folder.id, folder);
    await folder.ceremony.generate();
    const page = await fixture<HTMLElement>(
      html`<keyfold-folder remember="device" .client=${client} folder=${folder.id}
        ><keyfold-key-ceremony></keyfold-key-ceremony
      ></keyfold-folder>`,
    );
    const element = page.querySelector("keyfold-key-ceremony")!;
    await waitUntil(() => element.folder !== null);
    await settled(element);
    expect(textOf(part(element, "[part=network]"))).to.contain("Whoever is on the network can change it, and so read the key.");
    await isAccessible(element);
    folder.ceremony.kept("file");
    folder.ceremony.confirmSaved();
    await settled(element);
    const choices = [...element.shadowRoot!.querySelectorAll<HTMLInputElement>(".stay input")];
    expect(choices.map((choice) => [textOf(choice.closest("label")).includes("In this tab"), choice.checked])).to.deep.equal([
      [true, true],
    ]);
    expect(textOf(part(element, ".stay"))).to.contain("No longer than this tab");
    await isAccessible(element);
  });

  it("asks before signing how long to stay signed in, and has the folder told by then", async () => {
    const folder = new FixtureFolder();
    const client = new FixtureClient();
    client.held.set(folder.id, folder);
    await folder.ceremony.generate();
    folder.ceremony.kept("file");
    folder.ceremony.confirmSaved();
    const page = await fixture<HTMLElement>(
      html`<keyfold-folder remember="tab" .client=${client} folder=${folder.id}
        ><keyfold-key-ceremony></keyfold-key-ceremony
      ></keyfold-folder>`,
    );
    const element = page.querySelector<KeyfoldKeyCeremony>("keyfold-key-ceremony")!;
    await waitUntil(() => element.shadowRoot!.querySelectorAll("input[type=radio]").length === 2);
    const [tab, device] = element.shadowRoot!.querySelectorAll<HTMLInputElement>("input[type=radio]");
    expect(tab?.checked).to.equal(true);
    device?.click();
    await settled(element);
    expect(device?.checked).to.equal(true);
    buttonSaying(element, "Sign and lock").click();
    await waitUntil(() => folder.ceremony.value === "done");
    expect(folder.remember).to.equal("device");
  });

  it("says in words why signing did not work, and lets the person sign again", async () => {
    const { element, ceremony } = await begun();
    ceremony.kept("file");
    ceremony.confirmSaved();
    ceremony.refusal = new KeyfoldError("offline", "offline");
    await settled(element);
    buttonSaying(element, "Sign and lock").click();
    await waitUntil(() => element.shadowRoot!.querySelector("[role=alert]") !== null);
    expect(textOf(part(element, "[role=alert]"))).to.contain("You’re offline. The folder is still open. Nothing was lost.");
    ceremony.refusal = null;
    buttonSaying(element, "Sign and lock").click();
    await waitUntil(() => ceremony.value === "done");
  });

  it("can be put off after the key is saved", async () => {
    const { element, ceremony } = await begun();
    ceremony.kept("file");
    ceremony.confirmSaved();
    await settled(element);
    const closed = oneEvent(element, "keyfold-close");
    buttonSaying(element, "Not yet").click();
    await closed;
    expect(ceremony.value).to.equal("saved");
  });
});

describe("the kit", () => {
  it("prints one page with all eight rows, without a style in its markup, and leaves nothing behind", async () => {
    let printed = "";
    const frames = document.querySelectorAll("iframe").length;
    await printKit(
      {
        kit: {
          rows: drawnRows,
          keyId: "7f2a91c4".repeat(4),
          folder: "f0".repeat(16),
          server: "https://files.example.com/keyfold",
          recover: "https://files.example.com/keyfold/recover",
          checkpoint: { epoch: 0, seq: 347, head: "5c".repeat(32) },
        },
        link: "https://files.example.com/f/0",
        madeOn: "3 June 2026",
        language: "en",
        direction: "ltr",
        words: wordsFor("en").words,
      },
      (page) => {
        printed = page.document.documentElement.outerHTML;
        page.dispatchEvent(new Event("beforeprint"));
        page.dispatchEvent(new Event("afterprint"));
      },
    );
    for (const row of drawnRows) for (const group of row.split("-")) expect(printed).to.contain(group);
    // how to get the files back without the site, and how an older copy would be told
    expect(printed).to.contain("https://files.example.com/keyfold/recover");
    expect(printed.replaceAll(/<!--.*?-->/g, "")).to.contain(`Checkpoint 0 347 ${"5c".repeat(32)}`);
    expect(printed).not.to.match(/<style|style=/);
    expect(document.querySelectorAll("iframe").length).to.equal(frames);
  });
});
