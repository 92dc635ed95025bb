import { expect } from "@open-wc/testing";
import { pickedByInput, pickedByTransfer } from "./picked-tree.ts";
import { directory, droppedTransfer, file } from "../test/dropped.ts";

const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => file(`${prefix}${index}.txt`, `${index}`));

describe("what was dropped", () => {
  it("finds all 300 files of a directory whose reader gives 100 at a time", async () => {
    const tree = await pickedByTransfer(droppedTransfer([directory("photos", names(300, "p"))]));
    expect(tree.files).to.have.length(300);
    expect(new Set(tree.files.map((picked) => (picked.file as File).name)).size).to.equal(300);
    expect(tree.files.every((picked) => picked.path?.join("/") === "photos")).to.equal(true);
    expect(tree.directories).to.deep.equal([]);
  });

  it("keeps directories inside directories, and those without files", async () => {
    const tree = await pickedByTransfer(
      droppedTransfer([
        directory("house", [
          directory("inside", [file("kitchen.jpg", "k")]),
          directory("empty", []),
          directory("outer", [directory("inner", [])]),
        ]),
        file("plan.pdf", "p"),
      ]),
    );
    expect(tree.files.map((picked) => [...(picked.path ?? []), (picked.file as File).name].join("/"))).to.deep.equal([
      "house/inside/kitchen.jpg",
      "plan.pdf",
    ]);
    expect(tree.directories).to.deep.equal([
      ["house", "empty"],
      ["house", "outer", "inner"],
    ]);
  });

  it("keeps the handle of a single file where the browser offers one", async () => {
    const handle = { kind: "file", name: "plan.pdf" } as FileSystemFileHandle;
    const tree = await pickedByTransfer(droppedTransfer([file("plan.pdf", "p", handle)]));
    expect(tree.files[0]?.handle).to.equal(handle);
  });

  it("takes files from a clipboard that has no entries", async () => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["x"], "pasted.png", { type: "image/png" }));
    const tree = await pickedByTransfer(transfer);
    expect(tree.files.map((picked) => (picked.file as File).name)).to.deep.equal(["pasted.png"]);
  });

  it("reads the directories of a folder picker", () => {
    const picked = new File(["x"], "a.txt");
    Object.defineProperty(picked, "webkitRelativePath", { value: "2026/taxes/a.txt" });
    expect(pickedByInput([picked]).files[0]?.path).to.deep.equal(["2026", "taxes"]);
  });
});
