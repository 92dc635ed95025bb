/** Names as they lie in people's folders: 100,000 files in directories six deep, in several scripts, the same in every run. */

export interface NamedNode {
  readonly name: string;
  /** Index of its directory among the nodes before it; -1 is the root. */
  readonly parent: number;
  readonly isDirectory: boolean;
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const split = (text: string): readonly string[] => text.split(" ");
const topics = split(
  "Taxes Insurance Contracts Photos Holiday Mortgage School Health Invoices Receipts Letters Projects Research Minutes Budget Family " +
    "Музыка Документы 照片 合同 写真 書類 사진 صور חשבוניות Étude Straße Łódź München Ελλάδα",
);
const words = split(
  "report invoice letter offer survey draft final plan garden floor kitchen passport statement account summary agreement schedule receipt " +
    "minutes meeting notes budget forecast review proposal annex appendix certificate warranty manual guide list order delivery return " +
    "payment reminder quote estimate sketch drawing elevation section detail photo portrait evening street front wall boundary lease tenant " +
    "landlord deposit transfer salary pension policy claim damage medical result referral prescription vaccination résumé café übersicht " +
    "größe straße façade naïve счёт договор отчёт 報告書 契約 会议记录 发票 계약서 영수증 فاتورة عقد חוזה קבלה τιμολόγιο 🏡 📷",
);
const endings = split("pdf pdf pdf jpg jpg jpg png docx xlsx md txt heic mp4 zip csv");
const separators = split("_ - – .");

/** Files as many as asked for, and the directories that hold them: up to six levels, about 20 files each. */
export function realisticNodes(files: number): NamedNode[] {
  const next = numbers(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const nodes: NamedNode[] = [];
  const open: { index: number; level: number }[] = [{ index: -1, level: 0 }];
  for (let made = 0; made < files;) {
    // Half of the new directories go to the latest ones, so that ways become long.
    const within = next() < 0.5 ? open[Math.max(0, open.length - 1 - Math.floor(next() * 12))]! : pick(open);
    if (within.level < 6) {
      const name = next() < 0.4 ? `${2005 + Math.floor(next() * 22)}` : next() < 0.5 ? pick(topics) : `${pick(topics)} ${pick(words)}`;
      open.push({ index: nodes.length, level: within.level + 1 });
      nodes.push({ name, parent: within.index, isDirectory: true });
    }
    const directory = open.at(-1)!;
    for (let count = 5 + Math.floor(next() * 30); count > 0 && made < files; count--, made++) {
      const kind = next();
      const separator = next() < 0.5 ? " " : pick(separators);
      const date = `${2005 + Math.floor(next() * 22)}-${String(1 + Math.floor(next() * 12)).padStart(2, "0")}-${String(1 + Math.floor(next() * 28)).padStart(2, "0")}`;
      const name =
        kind < 0.25
          ? `IMG_${String(Math.floor(next() * 100_000)).padStart(5, "0")}.${next() < 0.8 ? "jpg" : "heic"}`
          : kind < 0.35
            ? `Scan ${date} ${Math.floor(next() * 100)}.pdf`
            : `${Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(words)).join(separator)}${next() < 0.5 ? `${separator}${date}` : ""}.${pick(endings)}`;
      nodes.push({ name, parent: directory.index, isDirectory: false });
    }
  }
  return nodes;
}

/** Thirty things that a person types, a letter at a time: words, two words, dates, endings, typing errors, other scripts, nothing that exists. */
export const typedQueries: readonly string[] = [
  "invoice",
  "garden photo",
  "tax",
  "2019-04",
  "IMG_042",
  "passport",
  "survey report",
  "insurance pdf",
  "recipt",
  "stret front",
  "mortgage agreement",
  "минуты",
  "договор",
  "報告書",
  "会议",
  "계약서",
  "فاتورة",
  "חוזה",
  "τιμολόγιο",
  "resume",
  "strasse",
  "ubersicht",
  "🏡",
  "scan 2021",
  ".xlsx",
  "zzzzqq",
  "contracts/final",
  "kitchen plan 2024",
  "certifcate",
  "a",
];
