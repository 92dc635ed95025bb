import { expect } from "@open-wc/testing";
import { accepts, nameOf, parseBytes, withinLimits } from "./limits.ts";

const file = (name: string, size: number, type = "") => ({ file: new File([new Uint8Array(size)], name, { type }) });
const none = { accept: "", maxFileSize: null, maxFiles: null, maxTotalSize: null };

describe("what an uploader takes", () => {
  it("takes everything without limits", () => {
    expect(withinLimits([file("a", 1), file("b", 0)], none, { files: 0, bytes: 0 }).taken).to.have.length(2);
  });

  it("names the reason for each file it leaves out", () => {
    const { taken, rejected } = withinLimits(
      [file("a.pdf", 5), file("b.exe", 1), file("c.pdf", 50), file("d.pdf", 6), file("e.pdf", 4), file("f.pdf", 1)],
      { accept: ".pdf", maxFileSize: 10, maxFiles: 2, maxTotalSize: 10 },
      { files: 0, bytes: 0 },
    );
    expect(taken.map(nameOf)).to.deep.equal(["a.pdf", "e.pdf"]);
    expect(rejected.map((one) => one.reason)).to.deep.equal(["type", "file-size", "total-size", "file-count"]);
  });

  it("counts what is being looked over already", () => {
    expect(withinLimits([file("a", 1)], { ...none, maxFiles: 3 }, { files: 3, bytes: 0 }).rejected[0]?.reason).to.equal("file-count");
  });

  it("reads accept as HTML does", () => {
    expect(accepts("image/*, .pdf", "a.PDF", "application/pdf")).to.equal(true);
    expect(accepts("image/*", "a.png", "image/png")).to.equal(true);
    expect(accepts("image/png", "a.jpg", "image/jpeg")).to.equal(false);
  });

  it("reads sizes with units", () => {
    expect(parseBytes("25MB")).to.equal(25_000_000);
    expect(parseBytes("2 GiB")).to.equal(2 ** 31);
    expect(parseBytes("100")).to.equal(100);
    expect(parseBytes("a lot")).to.equal(null);
    expect(parseBytes(null)).to.equal(null);
  });
});
