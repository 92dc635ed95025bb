/**
 * A share as an owner's device handles it: its secrets recomputed, its manifests sealed, and what is published read again.
 *
 * @module
 */

import { fromBase64url } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider, HkdfKey, SigningKey } from "../crypto/provider.ts";
import type { SealedManifest, ServedManifest } from "../protocol/share.ts";
import { signerMarkOf } from "../protocol/share.ts";
import { tamperedShare, openManifest, sealManifest } from "./sealed-manifest.ts";
import type { Manifest } from "./manifest.ts";
import { openStretched, shareIdOf, shareOpening, shareSecret, type ShareOpening } from "./secrets.ts";
import { shareFragment } from "./link.ts";

/** What of the folder's keys it takes, and the folder. */
export interface ShareOwner {
  readonly provider: CryptoProvider;
  readonly folderId: string;
  readonly share: HkdfKey;
  readonly sign: SigningKey;
  readonly signPub: Bytes;
}

export class OwnedSecret {
  readonly id: string;
  readonly secret: Bytes;
  readonly #owner: ShareOwner;
  readonly #random: Bytes;

  private constructor(owner: ShareOwner, random: Bytes, secret: Bytes, id: string) {
    this.#owner = owner;
    this.#random = random;
    this.secret = secret;
    this.id = id;
  }

  /** `random`: 16 bytes, as the op `share` has them. */
  static async of(owner: ShareOwner, random: Bytes): Promise<OwnedSecret> {
    const secret = await shareSecret(owner.provider, owner.share, random);
    return new OwnedSecret(owner, random, secret, await shareIdOf(owner.provider, secret));
  }

  /** The same from the op's base64url; null where the op is not one of this key's: made under another, or not by Keyfold. */
  static async ofOp(owner: ShareOwner, id: string, random: string | undefined): Promise<OwnedSecret | null> {
    if (random === undefined) return null;
    const found = await OwnedSecret.of(owner, fromBase64url(random, 16));
    return found.id === id ? found : null;
  }

  async fragment(): Promise<string> {
    const { provider, signPub } = this.#owner;
    return shareFragment({ secret: this.secret, signerMark: await signerMarkOf(provider, signPub) });
  }

  get keptPlace() {
    return { folderId: this.#owner.folderId, share: this.id, random: this.#random };
  }

  /**
   * Key and token of what is published. Whether there is a passphrase is the server's word, and so proves nothing: what is published must open with them
   * (`open`) before anything is sealed for the same place. Throws `tampered`.
   */
  async opening(kept: Bytes): Promise<ShareOpening> {
    const { provider, share } = this.#owner;
    const stretched = kept.length === 0 ? null : await openStretched(provider, share, this.keptPlace, kept);
    try {
      return await shareOpening(provider, this.secret, stretched);
    } finally {
      stretched?.fill(0);
    }
  }

  /** What is published. Throws `tampered` as a recipient would. */
  async open(opening: ShareOpening, served: ServedManifest): Promise<Manifest> {
    const { provider, signPub, folderId } = this.#owner;
    if (served.folderId !== folderId) throw tamperedShare("signer");
    return openManifest(provider, opening.key, await signerMarkOf(provider, signPub), this.id, served);
  }

  seal(opening: ShareOpening, version: number, expires: number, manifest: Manifest): Promise<SealedManifest> {
    const { provider, folderId, sign } = this.#owner;
    return sealManifest(provider, { key: opening.key, sign }, { folderId, share: this.id, version, expires }, manifest);
  }
}
