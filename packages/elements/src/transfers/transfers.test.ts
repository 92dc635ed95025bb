import { html } from "lit";
import { KeyfoldError } from "@keyfold/core";
import type { Transfer } from "@keyfold/core";
import "../define/transfers.ts";
import { expect, FixtureFolder, fixtureTransfer, isAccessible, part, placed, settled, textOf } from "../test/element-test.ts";
import { followed, inOrder, summarize } from "./transfer-summary.ts";
import type { KeyfoldTransfers } from "./transfers.ts";

async function drawn(transfers: readonly Transfer[]) {
  const folder = new FixtureFolder();
  folder.uploads.pose(transfers);
  const element = await placed<KeyfoldTransfers>(html`<keyfold-transfers .folder=${folder}></keyfold-transfers>`);
  await settled(element);
  return { element, folder };
}
const items = (element: Element): HTMLElement[] => [...(element.shadowRoot?.querySelectorAll<HTMLElement>(".item") ?? [])];
const press = (element: Element, label: string): void => part(element, `[aria-label="${label}"]`).click();

const sending = [
  fixtureTransfer({ id: "d1", status: "done", name: "Done.jpg" }),
  fixtureTransfer({ id: "r1", name: "Walkthrough.mov", size: 734e6, confirmed: 412e6, processed: 520e6, rate: 18.4e6, remaining: 18 }),
  fixtureTransfer({ id: "r2", name: "Key handover.m4a", size: 9e6, confirmed: 0, processed: 3e6, rate: 0, remaining: null }),
  fixtureTransfer({ id: "w1", name: "Later.jpg", status: "waiting", processed: 0, confirmed: 0, rate: 0, remaining: null }),
];

describe("keyfold-transfers", () => {
  it("is accessible while sending, and where something failed", async () => {
    const { element, folder } = await drawn(sending);
    await isAccessible(element);
    folder.uploads.pose([
      fixtureTransfer({ status: "failed", error: new KeyfoldError("file-changed", "edited") }),
      fixtureTransfer({ status: "needs-file" }),
    ]);
    await settled(element);
    await isAccessible(element);
  });

  it("is empty while there is nothing, or only what is looked over", async () => {
    const { element, folder } = await drawn([]);
    expect(element.empty).to.equal(true);
    folder.uploads.pose([fixtureTransfer({ status: "picked" }), fixtureTransfer({ direction: "reseal" })]);
    await settled(element);
    expect(element.empty).to.equal(true);
  });

  it("says how far all are, and each", async () => {
    const { element } = await drawn(sending);
    expect(textOf(part(element, "h2"))).to.equal("Sending 2 of 4");
    expect(textOf(part(element, ".sum"))).to.match(/^18\.4 MB\/s · about .* left$/u);
    const [first, second] = items(element);
    expect(textOf(first)).to.contain("412 of 734 MB");
    expect(textOf(first)).to.contain("18 s left");
    expect(first?.querySelector(".bar")?.getAttribute("aria-valuenow")).to.equal("56");
    expect(textOf(second)).to.contain("Encrypting");
  });

  it("can pause what is on a slow line before its first part is there, and says where it is", async () => {
    const { element, folder } = await drawn([
      fixtureTransfer({ id: "slow", name: "Slow.mov", status: "running", size: 100, processed: 100, confirmed: 0 }),
    ]);
    expect(textOf(items(element)[0])).to.contain("Encrypted, on its way");
    press(element, "Pause: Slow.mov");
    expect(folder.uploads.get("slow")?.status).to.equal("paused");
  });

  it("pauses, goes on, cancels, tries again: each and all", async () => {
    const { element, folder } = await drawn(sending);
    press(element, "Pause: Walkthrough.mov");
    await settled(element);
    expect(folder.uploads.get("r1")?.status).to.equal("paused");
    press(element, "Go on: Walkthrough.mov");
    await settled(element);
    expect(folder.uploads.get("r1")?.status).to.equal("waiting");
    press(element, "Cancel: Later.jpg");
    await settled(element);
    expect(items(element).map((item) => item.dataset["id"])).not.to.contain("w1");
    part(element, ".head .button").click();
    await settled(element);
    expect(folder.uploads.value.filter((transfer) => transfer.status === "paused")).to.have.length(2);
    expect(textOf(part(element, "h2"))).to.equal("Paused, 2 files left");
    part(element, ".head .button").click();
    expect(folder.uploads.value.filter((transfer) => transfer.status === "paused")).to.have.length(0);
  });

  it("tells what failed in words, first, and tries all of it again", async () => {
    const { element, folder } = await drawn([
      fixtureTransfer({ status: "done" }),
      fixtureTransfer({ id: "f1", status: "failed", confirmed: 412e6, size: 734e6, error: new KeyfoldError("offline", "gone") }),
      fixtureTransfer({ id: "f2", status: "failed", confirmed: 0, error: new KeyfoldError("file-changed", "edited") }),
    ]);
    expect(textOf(part(element, "h2"))).to.equal("1 of 3 arrived");
    expect(textOf(part(element, ".sum"))).to.equal("2 need you");
    expect(textOf(items(element)[0])).to.contain("At 412 of 734 MB.");
    const all = part(element, ".head .button");
    expect(textOf(all)).to.equal("Try both again");
    all.click();
    expect(folder.uploads.get("f1")?.status).to.equal("waiting");
    expect(folder.uploads.get("f2")?.status).to.equal("waiting");
  });

  it("takes the file again after a reload, and says when it is another one", async () => {
    const { element, folder } = await drawn([fixtureTransfer({ id: "n1", name: "a.txt", size: 3, status: "needs-file" })]);
    const input = part<HTMLInputElement>(element, "input[type=file]");
    const give = (file: File): void => {
      const chosen = new DataTransfer();
      chosen.items.add(file);
      input.files = chosen.files;
      input.dispatchEvent(new Event("change"));
    };
    give(new File(["other"], "b.txt"));
    await settled(element);
    expect(textOf(part(element, ".sum"))).to.contain("1 file is not one that is missing.");
    give(new File(["abc"], "a.txt"));
    await settled(element);
    expect(folder.uploads.get("n1")?.status).to.equal("waiting");
  });

  it("announces that all arrived, once", async () => {
    const { element, folder } = await drawn([fixtureTransfer({ id: "r" })]);
    const live = part(element, "[role=status]");
    expect(textOf(live)).to.equal("");
    folder.uploads.move("r", { confirmed: 4e6 });
    await settled(element);
    expect(textOf(live)).to.equal("");
    folder.uploads.move("r", { status: "done" });
    await settled(element);
    expect(textOf(part(element, "[role=status]"))).to.equal("1 file arrived.");
  });

  it("shows one direction only where it is asked to", async () => {
    const { element } = await drawn([fixtureTransfer({ direction: "download", name: "Down.pdf" }), fixtureTransfer({ name: "Up.pdf" })]);
    element.direction = "download";
    await settled(element);
    expect(items(element)).to.have.length(1);
    expect(textOf(part(element, "h2"))).to.equal("Receiving 1 of 1");
  });

  it("draws a part of a thousand", async () => {
    const { element } = await drawn(
      Array.from({ length: 1000 }, (_, index) => fixtureTransfer({ name: `${index}.jpg`, status: "waiting" })),
    );
    await new Promise(requestAnimationFrame);
    await settled(element);
    expect(items(element).length).to.be.lessThan(60);
    expect(items(element).length).to.be.greaterThan(3);
  });
});

describe("what is said of several transfers", () => {
  it("counts a finished one as whole, and leaves out what was cancelled", () => {
    const sum = summarize(
      followed([fixtureTransfer({ status: "done", size: 10, confirmed: 0 }), fixtureTransfer({ status: "cancelled" })], null),
    );
    expect([sum.all, sum.done, sum.confirmed]).to.deep.equal([1, 1, 10]);
  });

  it("puts first what needs the person", () => {
    const order = inOrder((["done", "waiting", "running", "failed"] as const).map((status) => fixtureTransfer({ status })));
    expect(order.map((transfer) => transfer.status)).to.deep.equal(["failed", "running", "waiting", "done"]);
  });

  it("knows no time left where nothing moves", () => {
    expect(summarize([fixtureTransfer({ status: "paused" })]).remaining).to.equal(null);
  });
});
