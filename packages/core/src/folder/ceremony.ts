/**
 * The key's steps: made, kept, saved, signed (ELEMENTS: "Key ceremony").
 *
 * `none → made → kept → saved → signing → done`; `abandon()` leads back to `none` from any step before `signing`. The key's bytes are held here
 * and nowhere else, and are overwritten as soon as the folder has taken them over.
 *
 * @module
 */
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { KeyCeremony, KeyKit } from "../interface/folder.ts";
import type { KeyStep } from "../interface/state.ts";
import { keyFileName, writeKeyFile, type KeyCheckpoint } from "../key/file.ts";
import { keyCharacters, printKey, rowCount, tidyRow } from "../key/rows.ts";
import { deriveOwnerKeys, generateRoot } from "../key/schedule.ts";
import { Source } from "../sync/source.ts";

export interface CeremonyPort {
  readonly provider: CryptoProvider;
  /** Locks the folder, or rotates its key. */
  lock(key: Bytes): Promise<void>;
  /** Where the folder is: its id, and the server's base URL. */
  readonly place: { readonly folder: string; readonly server: string };
  /** The step changed. */
  changed(): void;
  /** How far the folder's history goes, for the key file. */
  checkpoint(): KeyCheckpoint | undefined;
}

export class Ceremony implements KeyCeremony {
  readonly #port: CeremonyPort;
  readonly #step: Source<KeyStep>;
  #root: Bytes | null = null;
  #keyId: string | null = null;
  #making: Promise<void> | null = null;
  /** Grows with each key that is forgotten. */
  #life = 0;
  /** The row that must be typed back, 1 to 8. */
  #asked: number | null = null;

  constructor(port: CeremonyPort) {
    this.#port = port;
    this.#step = new Source<KeyStep>("none", () => port.changed());
  }

  get value(): KeyStep {
    return this.#step.value;
  }

  subscribe(listener: () => void): () => void {
    return this.#step.subscribe(listener);
  }

  get keyId(): string | null {
    return this.#keyId;
  }

  generate(): Promise<void> {
    if (this.#step.value === "signing") return Promise.reject(wrongStep());
    if (this.#root !== null) return Promise.resolve();
    return (this.#making ??= this.#make().finally(() => (this.#making = null)));
  }

  async #make(): Promise<void> {
    const life = this.#life;
    const root = generateRoot(this.#port.provider);
    const { keyId } = await deriveOwnerKeys(this.#port.provider, root);
    if (life !== this.#life) {
      root.fill(0); // abandoned before it was shown
      return;
    }
    this.#root = root;
    this.#keyId = keyId;
    this.#asked = null;
    this.#step.set("made");
  }

  reveal(): readonly string[] {
    return printKey(this.#held());
  }

  file(): { name: string; text: string } {
    const root = this.#held();
    const keyId = this.#keyId ?? "";
    return { name: keyFileName(keyId), text: writeKeyFile({ root, keyId, checkpoint: this.#port.checkpoint() }) };
  }

  kit(): KeyKit {
    const { place } = this.#port;
    const rows = this.reveal();
    const recover = `${place.server}/recover`;
    return { ...place, rows, keyId: this.#keyId ?? "", recover, checkpoint: this.#port.checkpoint() ?? null };
  }

  kept(_by: "file" | "kit"): void {
    this.#held();
    if (this.#step.value === "made") this.#step.set("kept");
  }

  copied(): number {
    this.#held();
    this.#asked ??= 1 + draw(this.#port.provider, rowCount);
    return this.#asked;
  }

  checkRow(row: number, text: string): boolean {
    const printed = printKey(this.#held())[row - 1];
    if (this.#asked !== row || printed === undefined) return false;
    // Typed as people type: any case, O for 0, spaces or hyphens anywhere.
    const typed = keyCharacters(tidyRow(text)).join("");
    if (typed !== keyCharacters(printed).join("")) return false;
    this.#asked = null;
    if (this.#step.value === "made") this.#step.set("kept");
    return true;
  }

  confirmSaved(): void {
    if (this.#step.value !== "kept") throw wrongStep();
    this.#step.set("saved");
  }

  async sign(): Promise<void> {
    const root = this.#held();
    if (this.#step.value !== "saved") throw wrongStep();
    this.#step.set("signing");
    try {
      await this.#port.lock(root);
    } catch (error) {
      // The key was saved and stays good: the person may sign again. Only where another key has won is it of no use any more.
      if (error instanceof KeyfoldError && error.code === "locked-elsewhere") this.#forget("none");
      else this.#step.set("saved");
      throw error;
    }
    this.#forget("done");
  }

  abandon(): void {
    if (this.#step.value === "signing") throw wrongStep();
    this.#forget("none");
  }

  #held(): Bytes {
    if (this.#root === null) throw new KeyfoldError("invalid-argument", "No key has been made.");
    return this.#root;
  }

  #forget(step: KeyStep): void {
    this.#life++;
    this.#root?.fill(0);
    this.#root = null;
    this.#keyId = null;
    this.#asked = null;
    this.#step.set(step);
  }
}

function wrongStep(): KeyfoldError {
  return new KeyfoldError("invalid-argument", "The key is not at this step: save it, say so, then sign.");
}

/** A random integer of 0 to `below` - 1, `below` a power of two up to 256. */
function draw(provider: CryptoProvider, below: number): number {
  return (provider.randomBytes(1)[0] ?? 0) % below;
}
