/** Laws of pairing: the code, what is handed over, and a pairing with a server that answers anything. */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { concat, toBase64url } from "../../../src/crypto/encoding.ts";
import { hpkeSeal } from "../../../src/crypto/hpke.ts";
import { encodeCheckpoint } from "../../../src/log/checkpoint.ts";
import { commitmentOf, deriveMeeting, encodePairingCode, parsePairingCode } from "../../../src/pair/code.ts";
import { handOverSetting, openHandOver, sealHandOver, type HandedOver } from "../../../src/pair/hand-over.ts";
import { startJoining } from "../../../src/pair/joiner.ts";
import { provider } from "../../device.ts";
import { idOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { answering } from "./answering.ts";
import { judged, ofBytes, ofText, once } from "./judged.ts";
import { written } from "./written.ts";

const nonce = new Uint8Array(32).fill(3);
const secret = new Uint8Array(32).fill(4);
const checkpoint = { epoch: 1, seq: 12, head: new Uint8Array(32).fill(7) };

/** A root that is handed over to a device whose key is known. */
const handed = once(async () => {
  const { device } = await written();
  const { root } = device;
  const code = { secret, commitment: await commitmentOf(provider, nonce), keyId: device.keys.keyId };
  const { psk } = await deriveMeeting(provider, secret);
  const agreed = { code, psk, nonce };
  const own = await provider.importAgreement(new Uint8Array(32).fill(8));
  const sealed = await sealHandOver(provider, agreed, own.publicKey, { root, checkpoint });
  return { root, code, agreed, own, sealed };
});

const open = async (sealed: Uint8Array<ArrayBuffer>): Promise<HandedOver | null> => {
  const { agreed, own } = await handed();
  const judgement = await judged(() => openHandOver(provider, agreed, own, sealed));
  if ("value" in judgement) return judgement.value;
  strictEqual(judgement.error.code, "pairing-failed");
  return null;
};

export const pairLaws: readonly Law[] = [
  ofText(
    "pairing codes takes only what it would write",
    200,
    async () => [encodePairingCode({ secret, commitment: new Uint8Array(16).fill(6), keyId: idOf(8) })],
    (text) => strictEqual(encodePairingCode(parsePairingCode(text)), text),
  ),
  ofBytes(
    "what is handed over opens nothing that was changed",
    80,
    async () => [(await handed()).sealed],
    async (bytes) => {
      const { root, sealed } = await handed();
      const opened = await open(bytes);
      strictEqual(opened !== null, Buffer.compare(bytes, sealed) === 0);
      if (opened !== null) deepStrictEqual(opened, { root, checkpoint });
    },
  ),
  law("what is handed over by somebody who saw the code gives the code's key, or nothing", 60, [damage], async (how) => {
    const { root, agreed, own } = await handed();
    const plaintext = damaged(concat(root, encodeCheckpoint(checkpoint)), how);
    const { sealed } = await hpkeSeal(provider, own.publicKey, handOverSetting(agreed), plaintext);
    const opened = await open(sealed);
    if (opened !== null) deepStrictEqual(opened.root, root);
  }),
  law(
    "a pairing with a server that answers anything ends with a typed error, and never with a key that is not the code's",
    60,
    [
      jsonDamage,
      fc.option(damage, { freq: 3 }),
      fc.constantFrom("waiting", "revealed", "confirmed", "sealed", "cancelled", "done"),
      fc.boolean(),
    ],
    async (how, torn, state, isConfirmed) => {
      const { code, sealed } = await handed();
      const seen = { state, seconds: 100, nonce: toBase64url(nonce), sealed: toBase64url(sealed) };
      const text = new TextEncoder().encode(damagedJson(JSON.stringify(seen), how));
      const body = torn === null ? text : damaged(text, torn);
      const http = answering((method) => new Response(method === "GET" ? body.slice() : ""));
      let joined = false;
      const join = async (): Promise<void> => void (joined = true);
      const pairing = await startJoining({ provider, http, join, leave: async () => undefined }, encodePairingCode(code));
      try {
        if (isConfirmed && pairing.state === "scanned") await judged(() => pairing.confirm());
        await pairing.refresh();
        // The key that the server has was sealed to another device's P.
        ok(!joined);
        notStrictEqual(pairing.state, "done");
        notStrictEqual(pairing.error?.reason, "unforeseen");
      } finally {
        await pairing.cancel();
      }
    },
  ),
];
