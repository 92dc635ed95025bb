import { expect } from "@open-wc/testing";
import { clipName, endingOf } from "./name-clip.ts";

describe("where a name is clipped", () => {
  it("keeps the ending and begins the tail at a word where one is near", () => {
    expect(clipName("Floor plan, ground floor.pdf")).to.deep.equal({ head: "Floor plan, ground ", tail: "floor.pdf" });
    expect(clipName("Questions for the seller.md")).to.deep.equal({ head: "Questions for the ", tail: "seller.md" });
  });

  it("keeps four letters before the ending where no word begins near", () => {
    expect(clipName("Walkthrough.mov")).to.deep.equal({ head: "Walkthr", tail: "ough.mov" });
  });

  it("does not split short names", () => {
    expect(clipName("a.pdf")).to.deep.equal({ head: "a.pdf", tail: "" });
  });

  it("never puts the seam between letters that join", () => {
    const word = "استعلاماتطويلة";
    expect(clipName(`${word}.pdf`)).to.deep.equal({ head: word, tail: ".pdf" });
    expect(clipName(word)).to.deep.equal({ head: word, tail: "" });
    expect(clipName("مخطط الطابق الأرضي.pdf")).to.deep.equal({ head: "مخطط الطابق ", tail: "الأرضي.pdf" });
  });

  it("sets only the ending apart in names that run both ways", () => {
    expect(clipName("report 2026 שלום final.pdf")).to.deep.equal({ head: "report 2026 שלום final", tail: ".pdf" });
  });

  it("does not cut an emoji in two", () => {
    const { head, tail } = clipName("familyphotograph👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦.jpg");
    expect(head.endsWith("👦")).to.equal(true);
    expect(tail.startsWith("👨")).to.equal(true);
  });

  it("loses nothing", () => {
    for (const name of ["", ".profile", "no ending at all here", "x".repeat(255), "مرحبا hello.txt", "a.b.c.tar.gz"]) {
      const { head, tail } = clipName(name);
      expect(head + tail).to.equal(name);
    }
  });

  it("tells an ending from a dot in a name", () => {
    expect(endingOf("return.pdf")).to.equal(".pdf");
    expect(endingOf(".profile")).to.equal("");
    expect(endingOf("Mr. Smith and his wife")).to.equal("");
    expect(endingOf("trailing.")).to.equal("");
  });
});
