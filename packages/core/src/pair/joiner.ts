/**
 * The new device: has scanned the code, compares, gets the key (docs/format.md, section 7).
 *
 * @module
 */
import type { Http } from "../api/http.ts";
import { TakenMeeting, type TakenSeen } from "../api/pairing.ts";
import { constantTimeEqual } from "../crypto/encoding.ts";
import type { HpkeRecipient } from "../crypto/hpke.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Pairing } from "../interface/pairing.ts";
import { checkCharactersOf, commitmentOf, deriveMeeting, parsePairingCode, type MeetingKeys, type PairingCode } from "./code.ts";
import { openHandOver, type HandedOver } from "./hand-over.ts";
import { PairingRun, type Look, type Progress, type Side } from "./run.ts";

/** What this device knows, and its person said. */
export interface JoinerKnows {
  /** N, once it fits the code. */
  readonly nonce: Bytes | null;
  readonly confirmed: boolean;
}

export type JoinerAct = "nothing" | "check" | "confirm" | "receive";

/**
 * What is due. Nothing is confirmed, and nothing that came is opened, before the person has compared.
 *
 * Throws what ends the pairing: `cancelled`, and `pairing-failed` where the server says that it is done.
 */
export function nextOfJoiner({ nonce, confirmed }: JoinerKnows, seen: TakenSeen): JoinerAct {
  if (seen.state === "cancelled") throw new KeyfoldError("cancelled", "The other device cancelled the pairing.", { reason: "elsewhere" });
  if (seen.state === "done") throw failed("answer");
  if (nonce === null) return seen.nonce === null ? "nothing" : "check";
  if (!confirmed) return "nothing";
  if (seen.sealed !== null) return "receive";
  return seen.state === "revealed" ? "confirm" : "nothing";
}

function failed(reason: "commitment" | "answer"): KeyfoldError {
  return new KeyfoldError("pairing-failed", "The server answers for another device. Show a new code.", { reason });
}

export interface JoinerPort<Joined> {
  readonly provider: CryptoProvider;
  readonly http: Http;
  /** Signs in with the root that was handed over, which is overwritten afterwards: takes a copy. */
  readonly join: (handedOver: HandedOver) => Promise<Joined>;
  /** What was joined is not wanted any more. */
  readonly leave: (joined: Joined) => Promise<void>;
}

/** Answers a code. Throws `unreadable-code`; whatever comes later is in the pairing's state. */
export async function startJoining<Joined>(port: JoinerPort<Joined>, text: string): Promise<Pairing<Joined>> {
  const { provider, http } = port;
  const code = parsePairingCode(text);
  const keys = await deriveMeeting(provider, code.secret);
  const scalar = provider.randomBytes(32);
  const own = await provider.importAgreement(scalar);
  scalar.fill(0);
  const meeting = new TakenMeeting(http, keys.pairId, keys.token);
  const run = new PairingRun(text, new Joiner(port, meeting, { code, keys, own }));
  await run.refresh();
  return run;
}

interface JoinerSecrets {
  readonly code: PairingCode;
  readonly keys: MeetingKeys;
  readonly own: HpkeRecipient;
}

class Joiner<Joined> implements Side<Joined> {
  readonly #port: JoinerPort<Joined>;
  readonly #meeting: TakenMeeting;
  readonly #own: JoinerSecrets;
  #answered = false;
  #nonce: Bytes | null = null;
  #characters: string | null = null;
  #handedOver: HandedOver | null = null;

  constructor(port: JoinerPort<Joined>, meeting: TakenMeeting, own: JoinerSecrets) {
    this.#port = port;
    this.#meeting = meeting;
    this.#own = own;
  }

  async look(look: Look): Promise<Progress<Joined>> {
    if (this.#handedOver === null) {
      const seconds = await this.#meet(look);
      if (this.#handedOver === null)
        return { state: this.#nonce === null ? "waiting" : "scanned", checkCharacters: this.#characters, seconds };
    }
    // What keeps it from signing in for now is tried again: the key is here.
    return { state: "done", result: await this.#port.join(this.#handedOver) };
  }

  /** Seconds that the meeting still lasts. */
  async #meet({ confirmed, signal, arrived }: Look): Promise<number> {
    const { keys, own } = this.#own;
    if (!this.#answered) {
      await this.#meeting.answer(own.publicKey, { signal });
      this.#answered = true;
    }
    const seen = await this.#meeting.look({ signal });
    const act = nextOfJoiner({ nonce: this.#nonce, confirmed }, seen);
    if (act === "check") await this.#check(seen.nonce!);
    if (act === "confirm") await this.#meeting.confirm({ signal });
    if (act === "receive") {
      const agreed = { code: this.#own.code, psk: keys.psk, nonce: this.#nonce! };
      const handedOver = await openHandOver(this.#port.provider, agreed, own, seen.sealed!);
      if (signal.aborted) {
        handedOver.root.fill(0);
        return seen.seconds;
      }
      this.#handedOver = handedOver;
      arrived();
      // The other device waits for this; that it cannot be told is no reason to give up what is here.
      await this.#meeting.done().catch(() => undefined);
    }
    return seen.seconds;
  }

  /** N must be the one that the code committed to before this device's key was known to anybody. */
  async #check(nonce: Bytes): Promise<void> {
    const { provider } = this.#port;
    const { code, own } = this.#own;
    if (!constantTimeEqual(await commitmentOf(provider, nonce), code.commitment)) throw failed("commitment");
    this.#characters = await checkCharactersOf(provider, code.secret, own.publicKey, nonce);
    this.#nonce = nonce;
  }

  cancel(): Promise<void> {
    return this.#meeting.cancel();
  }

  discard(joined: Joined): Promise<void> {
    return this.#port.leave(joined);
  }

  forget(): void {
    const { code, keys } = this.#own;
    for (const bytes of [code.secret, keys.psk, keys.token]) bytes.fill(0);
    this.#handedOver?.root.fill(0);
  }
}
