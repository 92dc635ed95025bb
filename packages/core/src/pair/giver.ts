/**
 * The device that has the key: shows the code, compares, hands over (docs/format.md, section 7).
 *
 * @module
 */
import { GivenMeeting, type GivenSeen } from "../api/pairing.ts";
import type { FolderApi } from "../api/client.ts";
import { constantTimeEqual } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Pairing } from "../interface/pairing.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { checkCharactersOf, commitmentOf, deriveMeeting, encodePairingCode, nonceLength, secretLength, type MeetingKeys } from "./code.ts";
import { sealHandOver, type Agreed } from "./hand-over.ts";
import { PairingRun, type Look, type Progress, type Side } from "./run.ts";

/** What this device knows, and its person said. */
export interface GiverKnows {
  /** P, as it was seen first. */
  readonly key: Bytes | null;
  readonly confirmed: boolean;
  readonly handedOver: boolean;
}

export type GiverAct = "nothing" | "reveal" | "hand-over" | "finish";

/**
 * What is due. N is shown only once P is known here for good, and the root handed over only once the person has confirmed here.
 *
 * Throws what ends the pairing: `cancelled`, and `pairing-failed` where the server shows another key than before, or steps that nobody took.
 */
export function nextOfGiver({ key, confirmed, handedOver }: GiverKnows, seen: GivenSeen): GiverAct {
  if (seen.state === "cancelled") throw new KeyfoldError("cancelled", "The other device cancelled the pairing.", { reason: "elsewhere" });
  if (seen.state === "done" && handedOver) return "finish";
  if (key !== null && seen.key !== null && !constantTimeEqual(key, seen.key)) throw failed("key");
  if (seen.state === "waiting" ? seen.key !== null || key !== null : seen.key === null) throw failed("answer");
  if (seen.state === "scanned") return "reveal";
  return seen.state === "confirmed" && confirmed ? "hand-over" : "nothing";
}

function failed(reason: "key" | "answer"): KeyfoldError {
  return new KeyfoldError("pairing-failed", "The server shows another device than before. Show a new code.", { reason });
}

export interface GiverPort {
  readonly provider: CryptoProvider;
  readonly api: FolderApi;
  /** The present key's id, and how far the folder's history is verified here. Throws where there is none any more. */
  readonly standing: () => { readonly keyId: string; readonly checkpoint: Checkpoint };
}

/** Opens a meeting for this root, which is the pairing's from now on, and overwritten when it ends. */
export async function startGiving(port: GiverPort, root: Bytes): Promise<Pairing> {
  const { provider, api } = port;
  const secret = provider.randomBytes(secretLength);
  const nonce = provider.randomBytes(nonceLength);
  try {
    const code = { secret, commitment: await commitmentOf(provider, nonce), keyId: port.standing().keyId };
    const keys = await deriveMeeting(provider, secret);
    const meeting = new GivenMeeting(api, keys.pairId);
    const seconds = await meeting.open(await provider.sha256(keys.token));
    return new PairingRun(encodePairingCode(code), new Giver(port, meeting, { root, secret, nonce, keys, code }), seconds);
  } catch (error) {
    for (const bytes of [root, secret]) bytes.fill(0);
    throw error;
  }
}

interface GiverSecrets {
  readonly root: Bytes;
  readonly secret: Bytes;
  readonly nonce: Bytes;
  readonly keys: MeetingKeys;
  readonly code: Agreed["code"];
}

class Giver implements Side<void> {
  readonly #port: GiverPort;
  readonly #meeting: GivenMeeting;
  readonly #own: GiverSecrets;
  #key: Bytes | null = null;
  #characters: string | null = null;
  /** Sealed once: a lost answer is no reason for other bytes. */
  #sealed: Bytes | null = null;

  constructor(port: GiverPort, meeting: GivenMeeting, own: GiverSecrets) {
    this.#port = port;
    this.#meeting = meeting;
    this.#own = own;
  }

  async look({ confirmed, signal }: Look): Promise<Progress<void>> {
    const seen = await this.#meeting.look({ signal });
    const act = nextOfGiver({ key: this.#key, confirmed, handedOver: this.#sealed !== null }, seen);
    if (act === "finish") return { state: "done", result: undefined };
    if (this.#key === null && seen.key !== null) {
      const { secret, nonce } = this.#own;
      this.#characters = await checkCharactersOf(this.#port.provider, secret, seen.key, nonce);
      this.#key = seen.key;
    }
    if (act === "reveal") await this.#meeting.reveal(this.#own.nonce, { signal });
    if (act === "hand-over") await this.#handOver(signal);
    return { state: this.#key === null ? "waiting" : "scanned", checkCharacters: this.#characters, seconds: seen.seconds };
  }

  async #handOver(signal: AbortSignal): Promise<void> {
    const { root, nonce, keys, code } = this.#own;
    const { keyId, checkpoint } = this.#port.standing();
    if (keyId !== code.keyId) throw new KeyfoldError("old-key", "The folder's key was changed meanwhile. Show a new code.");
    const agreed: Agreed = { code, psk: keys.psk, nonce };
    const sealed = this.#sealed ?? (await sealHandOver(this.#port.provider, agreed, this.#key!, { root, checkpoint }));
    if (signal.aborted) return; // ended while it was sealed, of which root is overwritten
    this.#sealed = sealed;
    await this.#meeting.handOver(sealed, { signal });
  }

  cancel(): Promise<void> {
    return this.#meeting.cancel();
  }

  forget(): void {
    const { root, secret, keys } = this.#own;
    for (const bytes of [root, secret, keys.psk, keys.token]) bytes.fill(0);
  }
}
