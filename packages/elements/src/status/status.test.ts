import { KeyfoldError } from "@keyfold/core";
import "../define/status.ts";
import {
  FixtureFolder,
  expect,
  fixtureProblem,
  html,
  isAccessible,
  oneEvent,
  part,
  placed,
  settled,
  textOf,
  waitUntil,
} from "../test/element-test.ts";
import type { KeyfoldStatus } from "./status.ts";

const placedWith = (folder: FixtureFolder) => placed<KeyfoldStatus>(html`<keyfold-status .folder=${folder}></keyfold-status>`);

/** The dialog is open, and has faded in. */
async function opened(element: Element): Promise<void> {
  await waitUntil(() => element.shadowRoot!.querySelector("dialog")?.open === true);
  await Promise.all(
    element
      .shadowRoot!.querySelector("dialog")!
      .getAnimations({ subtree: true })
      .map(({ finished }) => finished),
  );
}

describe("keyfold-status", () => {
  it("is accessible, with a problem and without", async () => {
    const folder = new FixtureFolder();
    const element = await placedWith(folder);
    await isAccessible(element);
    folder.pose({ problem: fixtureProblem("rolled-back", { server: 1204, device: 1207 }) });
    await settled(element);
    await isAccessible(element);
  });

  it("says how the folder stands with the server, and how much room is used", async () => {
    const folder = new FixtureFolder();
    const element = await placedWith(folder);
    expect(textOf(element)).to.equal("Live1.2 of 5 GB");
    expect(part(element, "[role=progressbar]").ariaValueNow).to.equal("24");
    folder.pose({ connection: "offline", pending: [{ id: "a", at: 0, kind: "mkdir", nodes: [] }] });
    await settled(element);
    expect(textOf(element)).to.contain("Offline");
    expect(textOf(element)).to.contain("1 change waiting");
  });

  it("says a problem in one sentence with one button, and tries again", async () => {
    const folder = new FixtureFolder([], {
      connection: "offline",
      problem: fixtureProblem("offline"),
      pending: [1, 2, 3].map((at) => ({ id: String(at), at, kind: "rename", nodes: [] })),
    });
    const element = await placedWith(folder);
    const strip = part(element, "[role=alert]");
    expect(textOf(strip)).to.contain("You’re offline. 3 changes are waiting.");
    const buttons = strip.querySelectorAll("button");
    expect([...buttons].map(textOf)).to.deep.equal(["Try now"]);
    buttons[0]?.click();
    await settled(element);
    expect(folder.calls.map((call) => call.name)).to.contain("refresh");
  });

  it("stays as it is where trying again fails", async () => {
    const folder = new FixtureFolder([], { problem: fixtureProblem("server-failed") });
    folder.failing.set("refresh", new KeyfoldError("server-failed", "503"));
    const element = await placedWith(folder);
    part(element, "[role=alert] button").click();
    await settled(element);
    expect(textOf(part(element, "[role=alert]"))).to.contain("The server has a fault.");
  });

  it("asks for the key where the folder was locked elsewhere", async () => {
    const folder = new FixtureFolder([], { status: "locked", access: "none", problem: fixtureProblem("locked-elsewhere") });
    const element = await placedWith(folder);
    const asked = oneEvent(element, "keyfold-enter-key");
    element.addEventListener("keyfold-enter-key", (event) => event.preventDefault());
    part(element, "[role=alert] button").click();
    expect((await asked).bubbles).to.equal(false);
    await settled(element);
    expect(element.shadowRoot!.querySelector("dialog")).to.equal(null);
  });

  it("opens the key entry itself where nobody else shows it", async () => {
    const folder = new FixtureFolder([], { status: "locked", access: "none", problem: fixtureProblem("key-needed") });
    const element = await placedWith(folder);
    part(element, "[role=alert] button").click();
    await settled(element);
    expect(part<HTMLDialogElement>(element, "dialog").open).to.equal(true);
    expect(part(element, "keyfold-key-entry")).to.be.instanceOf(HTMLElement);
  });

  it("draws both histories where the server shows an older copy", async () => {
    const element = await placedWith(new FixtureFolder([], { problem: fixtureProblem("rolled-back", { server: 1204, device: 1207 }) }));
    expect(textOf(part(element, ".timeline"))).to.equal("Serverchange 1,204This browserchange 1,207");
  });

  it("says that a restored server is given back what it lost, and asks for nothing", async () => {
    const numbers = { server: 1204, device: 1207, changes: 3, deviceAt: Date.UTC(2026, 10, 24, 9), serverAt: Date.UTC(2026, 10, 23, 9) };
    const problem = { ...fixtureProblem("rolled-back", numbers), remedy: "give-back" } as const;
    const element = await placedWith(new FixtureFolder([], { problem }));
    const strip = part(element, "[role=alert]");
    expect(textOf(strip)).to.contain("gives back the 3 changes that the server lost. You need not do anything.");
    expect(textOf(strip)).to.contain("November 24, 2026");
    expect(textOf(strip)).to.contain("November 23, 2026");
    expect(strip.querySelector("button")).to.equal(null);
  });

  it("says that another device sees the folder differently, not that a file is wrong", async () => {
    const error = new KeyfoldError("tampered", "tampered", { reason: "snapshot-differs" });
    const folder = new FixtureFolder([], { problem: { code: "tampered", error, numbers: {} } });
    const strip = part(await placedWith(folder), "[role=alert]");
    expect(textOf(strip)).to.contain("Another device sees this folder differently.");
    expect(textOf(strip)).to.contain("Nothing is changed from here meanwhile");
  });

  for (const code of ["rolled-back", "forked"] as const) {
    it(`adopts the server's version only after a question, and says what could not be made again: ${code}`, async () => {
      const problem = {
        ...fixtureProblem(code, { server: 1204, device: 1207, changes: 3, files: 2 }),
        remedy: "adopt",
        nodes: ["a", "b"],
      } as const;
      const folder = new FixtureFolder([], { problem });
      folder.adoption = { carried: 2, lost: [{ kind: "add", node: "a", name: "lost.txt", reason: "content-lost" }] };
      const element = await placedWith(folder);
      const adopted = (): boolean => folder.calls.some(({ name }) => name === "adopt");
      const button = part(element, "[role=alert] button");
      expect(textOf(button)).to.equal("Adopt the server’s version…");
      const ask = (selector: string): HTMLElement => part(part(element, "keyfold-ask"), selector);
      button.click();
      await opened(part(element, "keyfold-ask"));
      expect(textOf(ask("h2"))).to.equal("Adopt the server’s version?");
      expect(textOf(ask("p"))).to.contain("This cannot be undone.");
      await isAccessible(element);
      ask("footer button:first-child").click();
      await settled(element);
      expect(adopted()).to.equal(false);
      button.click();
      await settled(element);
      await opened(part(element, "keyfold-ask"));
      ask("footer .danger").click();
      await waitUntil(adopted);
      await settled(element);
      const said = part(element, "[role=status].strip");
      expect(textOf(said)).to.contain("The server’s version was adopted. What was changed here is made anew.");
      expect(textOf(said)).to.contain("1 thing could not be made again:");
      expect(textOf(said)).to.contain("lost.txt");
      await isAccessible(element);
      part(element, "[role=status].strip button").click();
      await settled(element);
      expect(element.shadowRoot!.querySelector(".strip")).to.equal(null);
    });
  }

  it("keeps the problem where adopting fails", async () => {
    const folder = new FixtureFolder([], { problem: { ...fixtureProblem("forked"), remedy: "adopt" } });
    folder.failing.set("adopt", new KeyfoldError("key-needed", "no key"));
    const element = await placedWith(folder);
    part(element, "[role=alert] button").click();
    await opened(part(element, "keyfold-ask"));
    part(part(element, "keyfold-ask"), "footer .danger").click();
    await waitUntil(() => folder.calls.some(({ name }) => name === "adopt"));
    await settled(element);
    expect(textOf(part(element, "[role=alert]"))).to.contain("two different histories");
    expect(element.shadowRoot!.querySelector("[role=status].strip")).to.equal(null);
  });

  it("offers to make room only where the page has a place for it", async () => {
    const element = await placedWith(new FixtureFolder([], { problem: fixtureProblem("quota", { files: 3 }) }));
    expect(textOf(part(element, "[role=alert]"))).to.contain("The folder is full. 3 files did not fit.");
    expect(element.shadowRoot!.querySelector("[role=alert] button")).to.equal(null);
    element.canMakeRoom = true;
    await settled(element);
    expect(textOf(part(element, "[role=alert] button"))).to.equal("Make room");
  });
});
