/**
 * The session with one folder's server: a short-lived token, got by signing a challenge when one is needed (docs/format.md, section 5).
 *
 * The token lives in memory only. However many requests need one at once, one sign-in is under way.
 *
 * @module
 */
import { toBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { Challenge, Session as SessionAnswer } from "../protocol/schema.ts";
import { sessionText } from "../protocol/session-text.ts";
import { validJson } from "./answer.ts";
import { unlessAborted } from "./backoff.ts";
import { SMALL_TIMEOUT, type Http, type RequestOptions } from "./http.ts";

/** What a device proves itself with. */
export interface Credential {
  readonly scope: "owner" | "read";
  readonly epoch: number;
  /** Ed25519 by `auth` (owner) or `read/auth` (reader). */
  sign(message: Bytes): Promise<Bytes>;
}

/** Tokens last 15 minutes; one that is older than this (milliseconds) is replaced before it is refused. */
const RENEW_AFTER = 14 * 60_000;

export class Session {
  readonly #http: Http;
  readonly #folder: string;
  #credential: Credential | null = null;
  #token: { readonly text: string; readonly since: number } | null = null;
  #signingIn: Promise<string> | null = null;

  constructor(http: Http, folder: string) {
    this.#http = http;
    this.#folder = folder;
  }

  get credential(): Credential | null {
    return this.#credential;
  }

  /** From now on sign in with this; null forgets token and credential. */
  use(credential: Credential | null): void {
    this.#credential = credential;
    this.#token = null;
    this.#signingIn = null;
  }

  /** The server refused this token. */
  refused(token: string): void {
    if (this.#token?.text === token) this.#token = null;
  }

  /**
   * A token, signed in for on demand. Rejects with `signed-out` without a credential, `session-refused` for a challenge that must not be signed
   * or a signature that was not accepted, `locked-elsewhere` when the folder has gone on to another epoch, `rolled-back` when it is in an earlier one.
   */
  token(signal?: AbortSignal): Promise<string> {
    if (this.#token !== null && performance.now() - this.#token.since < RENEW_AFTER) return Promise.resolve(this.#token.text);
    const signingIn = (this.#signingIn ??= this.#begin());
    signingIn.catch(() => undefined); // whoever asked may have stopped waiting
    return unlessAborted(signingIn, signal);
  }

  #begin(): Promise<string> {
    const credential = this.#credential;
    if (credential === null) {
      return Promise.reject(new KeyfoldError("signed-out", "This device holds no key to the folder. Sign in."));
    }
    const signingIn: Promise<string> = this.#signIn(credential).then(
      (text) => {
        if (this.#signingIn === signingIn) {
          this.#token = { text, since: performance.now() };
          this.#signingIn = null;
        }
        return text;
      },
      (error: unknown) => {
        if (this.#signingIn === signingIn) this.#signingIn = null;
        throw error;
      },
    );
    return signingIn;
  }

  async #signIn(credential: Credential): Promise<string> {
    const post = async (what: "challenge" | "session", body: unknown, options: RequestOptions = {}): Promise<Bytes> => {
      const answer = await this.#http.send({
        method: "POST",
        path: `/v1/folders/${this.#folder}/${what}`,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        // A challenge is stateless on the server; a nonce is good once, so a session request is not repeated.
        idempotent: what === "challenge",
        timeout: SMALL_TIMEOUT,
        ...options,
      });
      return answer.body;
    };
    const challenge = validJson(Challenge, await post("challenge", { server: this.#http.server, scope: credential.scope }));
    if (challenge.server !== this.#http.server) throw refusal("server");
    if (challenge.folder !== this.#folder) throw refusal("folder");
    if (challenge.scope !== credential.scope) throw refusal("scope");
    if (challenge.epoch > credential.epoch) {
      throw new KeyfoldError("locked-elsewhere", "Another device locked this folder. Its new key is needed.", { reason: "epoch-over" });
    }
    if (challenge.epoch < credential.epoch) {
      throw new KeyfoldError("rolled-back", "The server shows less than this device has seen.", { reason: "epoch" });
    }
    const { server, folder, epoch, scope, nonce, expires } = challenge;
    const signature = await credential.sign(sessionText({ server, folder, epoch, scope, nonce, expires }));
    const answer = await post("session", { server, epoch, scope, nonce, expires, signature: toBase64url(signature) });
    return validJson(SessionAnswer, answer).token;
  }
}

function refusal(reason: string): KeyfoldError {
  return new KeyfoldError("session-refused", "The server sent a challenge that is not for this sign-in. It was not signed.", { reason });
}
