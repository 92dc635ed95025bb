/** Making a key, as a folder's ceremony has it: the steps in their order, and the key of the drawings. */
import { KeyfoldError } from "@keyfold/core";
import type { KeyCeremony, KeyKit, KeyStep } from "@keyfold/core";
import type { PosedFolder } from "./posed-folder.ts";

/** The key of the drawings. Its rows hold. */
export const drawnRows: readonly string[] = [
  "A7G7P-0F6Z6-XFRCV",
  "N2THN-YBD8W-646A9",
  "1SV0X-XC4MN-WG401",
  "PCRX2-M7SZE-P86T0",
  "QQMFT-J0WAP-T969A",
  "3DK1W-YY6WQ-NZWS4",
  "FQ9SW-Q8M97-0QPVC",
  "Y1N19-5VAKY-9VMAZ",
];

/** The ceremony's rules over the key of the drawings. The row that is asked for is always row 5. */
export class FixtureCeremony implements KeyCeremony {
  value: KeyStep = "none";
  keyId: string | null = null;
  readonly calls: string[] = [];
  /** Set to make `sign()` reject. */
  refusal: KeyfoldError | null = null;
  readonly #folder: PosedFolder;
  readonly #listeners = new Set<() => void>();

  constructor(folder: PosedFolder) {
    this.#folder = folder;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async generate(): Promise<void> {
    this.calls.push("generate");
    this.keyId ??= "7f2a91c4" + "0".repeat(24);
    if (this.value === "none" || this.value === "done") this.#step("made");
  }

  reveal(): readonly string[] {
    this.calls.push("reveal");
    if (this.keyId === null) throw new KeyfoldError("invalid-argument", "There is no key yet.");
    return drawnRows;
  }

  file(): { name: string; text: string } {
    this.calls.push("file");
    return { name: "keyfold-key-7F2A91C4.txt", text: `Keyfold key\n\n${drawnRows.map((row, at) => `${at + 1}  ${row}`).join("\n")}\n` };
  }

  kit(): KeyKit {
    this.calls.push("kit");
    const server = "https://files.example.com/keyfold";
    const checkpoint = { epoch: 0, seq: 347, head: "5c".repeat(32) };
    return { rows: this.reveal(), keyId: this.keyId ?? "", folder: this.#folder.id, server, recover: `${server}/recover`, checkpoint };
  }

  kept(by: "file" | "kit"): void {
    this.calls.push(`kept ${by}`);
    if (this.value === "made") this.#step("kept");
  }

  copied(): number {
    this.calls.push("copied");
    return 5;
  }

  checkRow(row: number, text: string): boolean {
    this.calls.push("checkRow");
    const right = text.replaceAll("-", "") === (drawnRows[row - 1] ?? "").replaceAll("-", "");
    if (right && this.value === "made") this.#step("kept");
    return right;
  }

  confirmSaved(): void {
    this.calls.push("confirmSaved");
    if (this.value !== "kept") throw new KeyfoldError("invalid-argument", "Keep the key first.");
    this.#step("saved");
  }

  async sign(): Promise<void> {
    this.calls.push("sign");
    if (this.value !== "saved") throw new KeyfoldError("invalid-argument", "Save the key first.");
    this.#step("signing");
    if (this.refusal !== null) {
      this.#step("saved");
      throw this.refusal;
    }
    this.#step("done");
    this.#folder.pose({
      status: "signed-in",
      epoch: this.#folder.state.epoch + 1,
      keyId: this.keyId,
      exposed: { remaining: 340, total: 340 },
    });
  }

  abandon(): void {
    this.calls.push("abandon");
    this.keyId = null;
    this.#step("none");
  }

  #step(step: KeyStep): void {
    this.value = step;
    for (const listener of this.#listeners) listener();
    this.#folder.pose({ keyStep: step });
  }
}
