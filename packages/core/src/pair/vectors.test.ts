import { expect, it } from "vitest";
import { concat, fromHex, toHex } from "../crypto/encoding.ts";
import { kemSecret, keySchedule } from "../crypto/hpke.ts";
import { encodeCheckpoint } from "../log/checkpoint.ts";
import { providerVectorSuite, vectorSection } from "../../test/vectors.ts";
import { checkCharactersOf, commitmentOf, deriveMeeting, encodePairingCode, parsePairingCode } from "./code.ts";
import { handOverSetting, openHandOver, sealHandOver } from "./hand-over.ts";

interface PairingVector {
  secret: string;
  N: string;
  commitment: string;
  keyId: string;
  qr: string;
  newDevicePrivate: string;
  P: string;
  checkCharacters: string;
  root: string;
  checkpoint: { epoch: number; seq: number; head: string; bytes: string };
  psk: string;
  hpke: { pskId: string; info: string; ephemeralPrivate: string; key: string; nonce: string; enc: string; ct: string };
  meeting: { pairId: string; token: string };
}

providerVectorSuite<PairingVector>("pairing", (vector, count, provider) => {
  const secret = fromHex(vector.secret);
  const nonce = fromHex(vector.N);
  const { keyId } = vector;
  const code = { secret, commitment: fromHex(vector.commitment), keyId };
  const agreed = { code, psk: fromHex(vector.psk), nonce };
  const { epoch, seq } = vector.checkpoint;
  const handedOver = { root: fromHex(vector.root), checkpoint: { epoch, seq, head: fromHex(vector.checkpoint.head) } };

  it("the code, what it commits to, and what derives from it", async () => {
    expect(toHex(await commitmentOf(provider, nonce))).toBe(vector.commitment);
    expect(encodePairingCode(code)).toBe(vector.qr);
    expect(parsePairingCode(vector.qr)).toEqual(code);
    const { pairId, token, psk } = await deriveMeeting(provider, secret);
    expect([pairId, toHex(token), toHex(psk)]).toEqual([vector.meeting.pairId, vector.meeting.token, vector.psk]);
    count();
  });

  it("the characters to compare", async () => {
    const { publicKey } = await provider.importAgreement(fromHex(vector.newDevicePrivate));
    expect(toHex(publicKey)).toBe(vector.P);
    expect(await checkCharactersOf(provider, secret, publicKey, nonce)).toBe(vector.checkCharacters);
    count();
  });

  it("the key schedule", async () => {
    const setting = handOverSetting(agreed);
    expect([toHex(setting.pskId), toHex(setting.info)]).toEqual([vector.hpke.pskId, vector.hpke.info]);
    const ephemeral = await provider.importAgreement(fromHex(vector.hpke.ephemeralPrivate));
    const shared = await kemSecret(
      provider,
      await provider.agree(ephemeral.key, fromHex(vector.P)),
      ephemeral.publicKey,
      fromHex(vector.P),
    );
    const { key, baseNonce } = await keySchedule(provider, shared, setting);
    expect([toHex(ephemeral.publicKey), toHex(key), toHex(baseNonce)]).toEqual([vector.hpke.enc, vector.hpke.key, vector.hpke.nonce]);
    count();
  });

  it("root and checkpoint, sealed and opened", async () => {
    expect(toHex(encodeCheckpoint(handedOver.checkpoint))).toBe(vector.checkpoint.bytes);
    const sealed = await sealHandOver(provider, agreed, fromHex(vector.P), handedOver, fromHex(vector.hpke.ephemeralPrivate));
    expect(toHex(sealed)).toBe(vector.hpke.enc + vector.hpke.ct);
    const own = await provider.importAgreement(fromHex(vector.newDevicePrivate));
    const received = concat(fromHex(vector.hpke.enc), fromHex(vector.hpke.ct));
    expect(await openHandOver(provider, agreed, own, received)).toEqual(handedOver);
    count();
  });

  it("its random inputs are those of the list", () => {
    const random = new Map(vectorSection<{ name: string; hex: string }[]>("random")?.map(({ name, hex }) => [name, hex]));
    expect(random.get("pairing: secret")).toBe(vector.secret);
    expect(random.get("pairing: N")).toBe(vector.N);
    expect(random.get("pairing: the new device's X25519 scalar")).toBe(vector.newDevicePrivate);
    count();
  });
});
