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
} from "../test/element-test.ts";
import type { KeyfoldStatus } from "./status.ts";

const placedWith = (folder: FixtureFolder) => placed<KeyfoldStatus>(html`<keyfold-status .folder=${folder}></keyfold-status>`);

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

  it("offers to make room only where the page has a place for it", async () => {
    const element = await placedWith(new FixtureFolder([], { problem: fixtureProblem("quota", { files: 3 }) }));
    expect(textOf(part(element, "[role=alert]"))).to.contain("The folder is full. 3 files did not fit.");
    expect(element.shadowRoot!.querySelector("[role=alert] button")).to.equal(null);
    element.canMakeRoom = true;
    await settled(element);
    expect(textOf(part(element, "[role=alert] button"))).to.equal("Make room");
  });
});
