import { KeyfoldError } from "@keyfold/core";
import "../define/key-entry.ts";
import "../define/folder.ts";
import { FixtureClient } from "../test/fixture-client.ts";
import {
  FixtureFolder,
  drawnRows,
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
import type { KeyfoldKeyEntry } from "./key-entry.ts";

const locked = () => new FixtureFolder([], { status: "locked", access: "none" });
const placedWith = (folder: FixtureFolder) => placed<KeyfoldKeyEntry>(html`<keyfold-key-entry .folder=${folder}></keyfold-key-entry>`);

async function pasted(element: KeyfoldKeyEntry, text: string, into = "section"): Promise<void> {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  part(element, into).dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, composed: true, cancelable: true }));
  await settled(element);
}

async function typed(element: KeyfoldKeyEntry, row: number, text: string): Promise<HTMLInputElement> {
  const input = part<HTMLInputElement>(element, `li[data-row="${row}"] input`);
  input.focus();
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await settled(element);
  return input;
}

const open = (element: KeyfoldKeyEntry) => part<HTMLButtonElement>(element, "button[type=submit]");

describe("keyfold-key-entry", () => {
  it("is accessible, empty, with a wrong row and with a wrong key", async () => {
    const element = await placedWith(locked());
    await isAccessible(element);
    await pasted(element, drawnRows.with(2, "15V0X-XC4MN-WG401").join("\n"));
    await isAccessible(element);
  });

  it("takes a pasted key in any of the ways people write it down, and does not leave it lying open", async () => {
    for (const text of [
      drawnRows.join("\n"),
      drawnRows.join("-"),
      drawnRows.map((row, at) => `${at + 1}. ${row.toLowerCase()}`).join("\r\n"),
      `Keyfold key\n\n${drawnRows.map((row, at) => `${at + 1}  ${row}`).join("\n")}\n`,
    ]) {
      const element = await placedWith(locked());
      await pasted(element, text);
      expect(textOf(part(element, ".plate footer"))).to.contain("8 of 8 rows are right");
      expect(element.shadowRoot!.querySelectorAll("li input")).to.have.length(0);
      expect(element.shadowRoot!.innerHTML).not.to.contain("A7G7P");
    }
  });

  it("opens the folder with the key, and forgets what was typed", async () => {
    const folder = locked();
    const element = await placedWith(folder);
    await pasted(element, drawnRows.join("\n"));
    const closed = oneEvent(element, "keyfold-close");
    open(element).click();
    await closed;
    expect(folder.calls.map((call) => call.name)).to.deep.equal(["signIn"]);
    await settled(element);
    expect([...element.shadowRoot!.querySelectorAll<HTMLInputElement>("li input")].map((input) => input.value)).to.deep.equal(
      Array(8).fill(""),
    );
  });

  it("writes rows as they are printed while they are typed, and goes on to the next one", async () => {
    const element = await placedWith(locked());
    const first = await typed(element, 1, "a7g7p of6z6 xfrcv");
    expect(first.value).to.equal("A7G7P-0F6Z6-XFRCV");
    expect(element.shadowRoot!.activeElement?.getAttribute("aria-label")).to.equal("Row 2");
  });

  it("names a wrong row and its character, and offers the likely one", async () => {
    const element = await placedWith(locked());
    await pasted(element, drawnRows.with(2, "15V0X-XC4MN-WG401").join("\n"));
    const said = part(element, "#said");
    expect(textOf(said)).to.contain("Row 3 has one wrong character");
    expect(textOf(said)).to.contain("Character 2 reads 5. It is most likely S.");
    expect(open(element).ariaDisabled).to.equal("true");
    [...said.querySelectorAll("button")].find((button) => textOf(button) === "Use S")?.click();
    await settled(element);
    expect(part<HTMLInputElement>(element, 'li[data-row="3"] input').value).to.equal(drawnRows[2]);
    expect(open(element).ariaDisabled).to.equal(null);
  });

  it("puts a row back to where it belongs", async () => {
    const element = await placedWith(locked());
    await pasted(element, drawnRows.with(0, drawnRows[1]!).with(1, drawnRows[0]!).join("\n"));
    expect(textOf(part(element, "#said"))).to.contain("Row 1 is row 2");
    part(element, "#said button").click();
    await settled(element);
    expect(open(element).ariaDisabled).to.equal(null);
  });

  it("says once and plainly that a key is wrong, and lets another one be tried", async () => {
    const folder = locked();
    folder.failing.set("signIn", new KeyfoldError("wrong-key", "wrong"));
    const element = await placedWith(folder);
    await pasted(element, drawnRows.join("\n"));
    open(element).click();
    await waitUntil(() => element.shadowRoot!.querySelector("[role=alert]") !== null);
    expect(element.shadowRoot!.querySelectorAll("[role=alert]")).to.have.length(1);
    expect(textOf(part(element, "[role=alert]"))).to.contain("This key opens no folder here.");
    await isAccessible(element);
    part(element, "[role=alert] button").click();
    await settled(element);
    expect(element.shadowRoot!.querySelector("[role=alert]")).to.equal(null);
    expect(element.shadowRoot!.querySelectorAll("li input")).to.have.length(8);
  });

  it("opens the other folder that a key turns out to be of, when asked to", async () => {
    const [here, other] = [locked(), new FixtureFolder([], { status: "signed-in" })];
    Object.defineProperty(other, "id", { value: "ab".repeat(16) });
    const client = new FixtureClient();
    client.held.set(here.id, here);
    client.opens = other;
    here.failing.set("signIn", new KeyfoldError("wrong-folder", "another folder's"));
    const page = await fixture<HTMLElement & { folder: unknown }>(
      html`<keyfold-folder .client=${client} folder=${here.id}><keyfold-key-entry></keyfold-key-entry></keyfold-folder>`,
    );
    const element = page.querySelector<KeyfoldKeyEntry>("keyfold-key-entry")!;
    await waitUntil(() => element.folder === here);
    await pasted(element, drawnRows.join("\n"));
    open(element).click();
    await waitUntil(() => element.shadowRoot!.querySelector("[role=alert]") !== null);
    expect(textOf(part(element, "[role=alert] button"))).to.equal("Open that folder");
    part(element, "[role=alert] button").click();
    await waitUntil(() => page.folder === other);
  });

  it("hands on how far the folder's history went when the key file was saved, also after a row was mended", async () => {
    const folder = locked();
    const element = await placedWith(folder);
    const [first, ...others] = drawnRows as [string, ...string[]];
    const wrong = `${first[0] === "A" ? "B" : "A"}${first.slice(1)}`;
    const rows = [wrong, ...others].map((row, at) => `${at + 1}  ${row}`);
    await pasted(element, ["Keyfold key", ...rows, `Checkpoint 1 207 ${"ab".repeat(32)}`].join("\n"));
    part(element, "#said button").click();
    await settled(element);
    open(element).click();
    await waitUntil(() => folder.calls.some(({ name }) => name === "signIn"));
    expect(folder.calls.find(({ name }) => name === "signIn")?.args.at(-1)).to.deep.equal({
      checkpoint: { epoch: 1, seq: 207, head: "ab".repeat(32) },
    });
  });

  it("takes the key file, and says so where there is no key in a file", async () => {
    const element = await placedWith(locked());
    const drop = async (file: File): Promise<void> => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(file);
      part(element, "section").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    };
    await drop(new File(["Dear diary"], "notes.txt"));
    await waitUntil(() => textOf(element).includes("There is no key in that."));
    await drop(new File([new Uint8Array(100_000)], "photo.jpg"));
    await settled(element);
    expect(textOf(element)).to.contain("There is no key in that.");
    await drop(new File([`Keyfold key\n\n${drawnRows.map((row, at) => `${at + 1}  ${row}`).join("\n")}\n`], "keyfold-key-7F2A91C4.txt"));
    await waitUntil(() => textOf(element).includes("8 of 8 rows are right"));
    expect(textOf(element)).not.to.contain("There is no key in that.");
  });

  it("hands the key, and what its file says of the history, to a page that has another use for it, and asks nothing else", async () => {
    const given: [string, unknown][] = [];
    const use = async (key: Uint8Array, checkpoint: unknown): Promise<void> => {
      given.push([Array.from(key.subarray(0, 4)).join(), checkpoint]);
      if (given.length === 1) throw new KeyfoldError("wrong-key", "This key opens no folder here.");
    };
    const element = await placed<KeyfoldKeyEntry>(html`<keyfold-key-entry .use=${use}></keyfold-key-entry>`);
    const head = "ab".repeat(32);
    await pasted(element, `${drawnRows.map((row, at) => `${at + 1}  ${row}`).join("\n")}\n\nCheckpoint 1 42 ${head}\n`);
    expect(element.renderRoot.querySelectorAll("input[type=radio]").length).to.equal(0);
    open(element).click();
    await waitUntil(() => textOf(element).includes("This key opens no folder here."));
    open(element).click();
    await waitUntil(() => given.length === 2);
    expect(given[0]).to.deep.equal(given[1]);
    expect(given[1]?.[1]).to.deep.equal({ epoch: 1, seq: 42, head });
  });

  it("asks how long to stay signed in, and hands the choice on", async () => {
    const folder = locked();
    const client = new FixtureClient();
    client.held.set(folder.id, folder);
    const page = await fixture<HTMLElement & { remember: string }>(
      html`<keyfold-folder remember="tab" .client=${client} folder=${folder.id}><keyfold-key-entry></keyfold-key-entry></keyfold-folder>`,
    );
    const element = page.querySelector<KeyfoldKeyEntry>("keyfold-key-entry")!;
    await waitUntil(() => element.shadowRoot!.querySelectorAll("input[type=radio]").length === 2);
    const [tab, device] = element.shadowRoot!.querySelectorAll<HTMLInputElement>("input[type=radio]");
    expect(tab?.checked).to.equal(true);
    device?.click();
    expect(page.remember).to.equal("device");
  });

  it("masks a whole key when the window is left", async () => {
    const element = await placedWith(locked());
    for (const [at, row] of drawnRows.entries()) await typed(element, at + 1, row);
    expect(element.shadowRoot!.querySelectorAll("li input")).to.have.length(8);
    dispatchEvent(new FocusEvent("blur"));
    await settled(element);
    expect(element.shadowRoot!.querySelectorAll("li input")).to.have.length(0);
  });
});
