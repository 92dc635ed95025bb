import { KeyfoldError } from "@keyfold/core";
import "../define/folder.ts";
import "../define/status.ts";
import type { KeyfoldStatus } from "../status/status.ts";
import { FixtureClient } from "../test/fixture-client.ts";
import { FixtureFolder, expect, fixture, fixtureProblem, html, part, textOf, waitUntil } from "../test/element-test.ts";
import type { KeyfoldFolder } from "./folder.ts";
import { IdleWatch } from "./idle.ts";

function clientWith(folder: FixtureFolder, last = false): FixtureClient {
  const client = new FixtureClient();
  client.held.set(folder.id, folder);
  if (last) client.last = folder.id;
  return client;
}

describe("keyfold-folder", () => {
  it("opens the folder its attribute names, and gives it to elements inside", async () => {
    const folder = new FixtureFolder([], { connection: "offline" });
    const element = await fixture<KeyfoldFolder>(
      html`<keyfold-folder .client=${clientWith(folder)} folder=${folder.id}><keyfold-status></keyfold-status></keyfold-folder>`,
    );
    const status = element.querySelector<KeyfoldStatus>("keyfold-status")!;
    await waitUntil(() => status.folder === folder);
    await status.updateComplete;
    expect(textOf(status)).to.contain("Offline");
  });

  it("opens the folder this browser used last when none is named", async () => {
    const folder = new FixtureFolder();
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${clientWith(folder, true)}></keyfold-folder>`);
    await waitUntil(() => element.folder === folder);
    expect(element.status).to.equal("open");
  });

  it("makes no folder before something needs one, and then makes one only", async () => {
    const client = new FixtureClient();
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${client}></keyfold-folder>`);
    await waitUntil(() => element.status === "none");
    expect(client.calls).to.deep.equal([]);
    const [one, other] = await Promise.all([element.ensureFolder(), element.ensureFolder()]);
    expect(one).to.equal(other);
    expect(client.calls).to.deep.equal(["create"]);
  });

  it("starts anew where the remembered folder is gone by now", async () => {
    const client = new FixtureClient();
    client.last = "0".repeat(32);
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${client}></keyfold-folder>`);
    await waitUntil(() => element.status === "none");
    expect(element.problem).to.equal(null);
    await element.ensureFolder();
    expect(element.status).to.equal("open");
  });

  it("tells what kept a named folder from being opened, and tries again", async () => {
    const folder = new FixtureFolder();
    const client = new FixtureClient();
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${client} folder=${folder.id}></keyfold-folder>`);
    await waitUntil(() => element.problem !== null);
    expect(element.problem?.code).to.equal("not-found");
    client.held.set(folder.id, folder);
    await element.retry();
    expect(element.folder).to.equal(folder);
    expect(element.problem).to.equal(null);
  });

  it("makes none where the named folder could not be opened", async () => {
    const client = new FixtureClient();
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${client} folder=${"1".repeat(32)}></keyfold-folder>`);
    await waitUntil(() => element.problem !== null);
    const refusal = await element.ensureFolder().catch((error: unknown) => error);
    expect((refusal as KeyfoldError).code).to.equal("not-found");
    expect(client.calls).not.to.contain("create");
  });

  it("opens with a key: signs in to the folder that is shown, or takes another one where that is asked", async () => {
    const locked = new FixtureFolder([], { status: "locked", access: "none" });
    const client = clientWith(locked);
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${client} folder=${locked.id}></keyfold-folder>`);
    await waitUntil(() => element.folder === locked);
    await element.openWithKey(new Uint8Array(64));
    expect(locked.state.status).to.equal("signed-in");

    const other = new FixtureFolder([], { status: "signed-in" });
    client.opens = other;
    await element.openWithKey(new Uint8Array(64), { anotherFolder: true });
    expect(element.folder).to.equal(other);
    expect(locked.calls.map((call) => call.name)).to.contain("close");
  });

  it("has the folder keep its keys as the person chooses, and shows what holds where that fails", async () => {
    const folder = new FixtureFolder();
    folder.remember = "tab";
    const element = await fixture<KeyfoldFolder>(
      html`<keyfold-folder remember="tab" .client=${clientWith(folder)} folder=${folder.id}></keyfold-folder>`,
    );
    await waitUntil(() => element.folder === folder);
    element.remember = "device";
    expect(element.remember).to.equal("device");
    expect(folder.calls).to.deep.equal([{ name: "setRemember", args: ["device"] }]);
    folder.failing.set("setRemember", new KeyfoldError("local-storage", "This browser's storage is full."));
    element.remember = "tab";
    await waitUntil(() => element.remember === "device");
  });

  it("shows what was chosen on an earlier visit", async () => {
    const folder = new FixtureFolder([], { status: "signed-in" });
    folder.remember = "device";
    const element = await fixture<KeyfoldFolder>(
      html`<keyfold-folder remember="tab" .client=${clientWith(folder)} folder=${folder.id}></keyfold-folder>`,
    );
    await waitUntil(() => element.folder === folder);
    expect(element.remember).to.equal("device");
    expect(folder.calls).to.deep.equal([]);
  });

  it("dispatches status, change, key, problem and transfer, none of which bubble or hold names", async () => {
    const folder = new FixtureFolder();
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${clientWith(folder)} folder=${folder.id}></keyfold-folder>`);
    await waitUntil(() => element.folder === folder);
    const seen: CustomEvent[] = [];
    const bubbled: Event[] = [];
    for (const name of ["status", "change", "key", "problem", "transfer"]) {
      element.addEventListener(`keyfold-${name}`, (event) => seen.push(event as CustomEvent));
      element.parentElement?.addEventListener(`keyfold-${name}`, (event) => bubbled.push(event));
    }
    folder.pose({ status: "locking" });
    folder.pose({ seq: 13 });
    folder.pose({ keyStep: "made" });
    folder.pose({ problem: fixtureProblem("quota") });
    const [id] = folder.uploads.add([new File(["x"], "secret name.txt")]);
    expect(seen.map((event) => event.type)).to.deep.equal([
      "keyfold-status",
      "keyfold-change",
      "keyfold-key",
      "keyfold-problem",
      "keyfold-transfer",
    ]);
    expect(seen.map((event) => event.detail as unknown)).to.deep.equal([
      { status: "locking", previous: "open" },
      { seq: 13 },
      { step: "made" },
      { error: folder.state.problem?.error },
      { transfer: id, status: "waiting" },
    ]);
    expect(bubbled).to.have.length(0);
  });

  it("keeps two folders on one page apart", async () => {
    const [one, other] = [new FixtureFolder([], { connection: "offline" }), new FixtureFolder()];
    const page = await fixture<HTMLElement>(
      html`<div>
        <keyfold-folder id="one" .client=${clientWith(one)} folder=${one.id}><keyfold-status></keyfold-status></keyfold-folder>
        <keyfold-folder id="other" .client=${clientWith(other)} folder=${other.id}></keyfold-folder>
        <keyfold-status for="other"></keyfold-status>
      </div>`,
    );
    const [inside, named] = page.querySelectorAll<KeyfoldStatus>("keyfold-status");
    await waitUntil(() => inside?.folder === one && named?.folder === other);
    await Promise.all([inside?.updateComplete, named?.updateComplete]);
    expect(textOf(inside)).to.contain("Offline");
    expect(textOf(named)).to.contain("Live");
  });

  it("lets uploads go on when it is taken out of the page and put back", async () => {
    const folder = new FixtureFolder();
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder .client=${clientWith(folder)} folder=${folder.id}></keyfold-folder>`);
    await waitUntil(() => element.folder === folder);
    folder.uploads.add([new File(["x"], "a.txt")]);
    const home = element.parentElement;
    element.remove();
    home?.append(element);
    expect(element.folder).to.equal(folder);
    expect(folder.calls.map((call) => call.name)).not.to.contain("close");
  });

  it("is accessible with what it holds", async () => {
    const element = await fixture<KeyfoldFolder>(html`<keyfold-folder><p>Files</p></keyfold-folder>`);
    await expect(element).to.be.accessible();
    expect(part(element, "slot")).to.be.instanceOf(HTMLSlotElement);
  });

  it("announces its folder's status from the first one on", async () => {
    const folder = new FixtureFolder([], { status: "signed-in" });
    const element = document.createElement("keyfold-folder");
    element.client = clientWith(folder);
    element.folderId = folder.id;
    const seen: unknown[] = [];
    element.addEventListener("keyfold-status", (event) => seen.push((event as CustomEvent).detail));
    document.body.append(element);
    await waitUntil(() => element.folder === folder);
    expect(seen).to.deep.equal([
      { status: "opening", previous: "none" },
      { status: "signed-in", previous: "opening" },
    ]);
    element.remove();
  });
});

describe("idle", () => {
  it("tells once after the limit without a touch, by the clock", () => {
    let now = 0;
    let told = 0;
    const watch = new IdleWatch(
      () => told++,
      () => now,
    );
    watch.start(10);
    now = 9 * 60_000;
    watch.look();
    expect(told).to.equal(0);
    dispatchEvent(new PointerEvent("pointerdown"));
    now = 18 * 60_000;
    watch.look();
    expect(told).to.equal(0);
    now = 19 * 60_000;
    watch.look();
    watch.look();
    expect(told).to.equal(1);
    watch.stop();
  });
});
