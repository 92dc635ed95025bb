/** Two devices meet (docs/protocol.md, "Pairing"): the one that has the key speaks with its session, the new one with the code's token. */
import {
  CreatePairing,
  fromBase64url,
  PairingKey,
  PairingNonce,
  PairingSealed,
  toBase64url,
  type CreatedPairing,
  type PairingGiven,
  type PairingTaken,
} from "@keyfold/core/protocol";
import { readJson } from "../body.ts";
import type { Mount, RequestContext } from "../context.ts";
import {
  advance,
  cancelPairing,
  emptied,
  openPairing,
  pairingByToken,
  pairingOfFolder,
  secondsLeft,
  stillLasting,
  type Pairing,
} from "../pairings.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { enter, may } from "../session/gate.ts";
import { folderPath } from "./paths.ts";

const givenPath = `${folderPath}/pairings/:pairing{[0-9a-f]{32}}`;
const takenPath = "/v1/pairings/:pairing{[0-9a-f]{32}}";

export function pairingRoutes(app: Mount, services: Services): void {
  const { clock } = services;

  // the device that has the key

  app.post(`${folderPath}/pairings`, may(services, "write"), async (c) => {
    const { id: folder } = await enter(c, services, "owner");
    const { pairing, tokenHash } = await readJson(c, CreatePairing);
    const row = await openPairing(services, folder, pairing, fromBase64url(tokenHash, 32));
    const created: CreatedPairing = { pairing, seconds: secondsLeft(row, clock()) };
    return c.json(created, 201);
  });

  const given = async (c: RequestContext): Promise<Pairing> => {
    const { id } = await enter(c, services, "owner");
    return pairingOfFolder(services, id, pairingParam(c));
  };

  app.get(givenPath, may(services, "write"), async (c) => {
    const row = stillLasting(services, await given(c));
    const seen: PairingGiven = {
      state: row.state,
      seconds: secondsLeft(row, clock()),
      ...(row.public_key === null ? {} : { key: toBase64url(row.public_key) }),
    };
    return c.json(seen);
  });

  app.post(`${givenPath}/nonce`, may(services, "write"), async (c) => {
    const row = await given(c);
    const { nonce } = await readJson(c, PairingNonce);
    await advance(services, row, { to: "revealed", set: { nonce: fromBase64url(nonce, 32) } });
    return c.body(null, 204);
  });

  app.post(`${givenPath}/sealed`, may(services, "write"), async (c) => {
    const row = await given(c);
    const { sealed } = await readJson(c, PairingSealed);
    await advance(services, row, { to: "sealed", set: { sealed: fromBase64url(sealed) } });
    return c.body(null, 204);
  });

  app.post(`${givenPath}/cancel`, may(services, "write"), async (c) => {
    await cancelPairing(services, await given(c));
    return c.body(null, 204);
  });

  // the new device

  const mayJoin = may(services, "sign-in", "pairing");
  const taken = (c: RequestContext): Promise<Pairing> => pairingByToken(services, pairingParam(c), c.req.header("keyfold-token") ?? "");

  app.get(takenPath, mayJoin, async (c) => {
    const row = stillLasting(services, await taken(c));
    const seen: PairingTaken = {
      state: row.state,
      seconds: secondsLeft(row, clock()),
      ...(row.nonce === null ? {} : { nonce: toBase64url(row.nonce) }),
      ...(row.sealed === null ? {} : { sealed: toBase64url(row.sealed) }),
    };
    return c.json(seen);
  });

  app.post(`${takenPath}/key`, mayJoin, async (c) => {
    const row = await taken(c);
    const { key } = await readJson(c, PairingKey);
    await advance(services, row, { to: "scanned", set: { public_key: fromBase64url(key, 32) } });
    return c.body(null, 204);
  });

  app.post(`${takenPath}/confirm`, mayJoin, async (c) => {
    await advance(services, await taken(c), { to: "confirmed" });
    return c.body(null, 204);
  });

  app.post(`${takenPath}/done`, mayJoin, async (c) => {
    await advance(services, await taken(c), { to: "done", set: emptied });
    return c.body(null, 204);
  });

  app.post(`${takenPath}/cancel`, mayJoin, async (c) => {
    await cancelPairing(services, await taken(c));
    return c.body(null, 204);
  });
}

function pairingParam(c: RequestContext): string {
  const pairing = c.req.param("pairing");
  if (pairing === undefined) throw new Refusal("not-found");
  return pairing;
}
