/** A folder with a share of one blob, and what whoever has its link sends. */
import { toBase64url, type OwnedShares } from "@keyfold/core/protocol";
import { expect } from "vitest";
import { base, mount, type TestMount } from "./mount.ts";
import { bytesOf, hashOf, newId, newOwner, type Owner } from "./owner.ts";

export interface TestShare {
  readonly id: string;
  readonly token: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  readonly path: string;
  /** What the token opens. */
  readonly headers: { "keyfold-share": string };
}

export function newShare(): TestShare {
  const [id, token] = [newId(), bytesOf(32)];
  const text = toBase64url(token);
  return { id, token: text, tokenHash: hashOf(token), path: `/v1/shares/${id}`, headers: { "keyfold-share": text } };
}

export async function published(options: Parameters<typeof mount>[0] = {}, fields: Parameters<Owner["publish"]>[1] = {}) {
  const site = await mount(options);
  const owner = await newOwner(site.send, base);
  const blob = await owner.upload();
  await owner.append({ added: [blob] });
  const share = newShare();
  const answer = await owner.publish(share.id, { tokenHash: share.tokenHash, blobs: [blob], ...fields });
  expect(answer.status).toBe(200);
  return { site, owner, blob, share };
}

export function take({ send }: TestMount, share: TestShare, id = newId()): Promise<Response> {
  return send("POST", `${share.path}/downloads`, { headers: share.headers, body: { take: id } });
}

export async function tokenOf(answer: Response): Promise<{ "keyfold-token": string }> {
  return { "keyfold-token": ((await answer.json()) as { token: string }).token };
}

export async function listed(owner: Owner): Promise<OwnedShares["shares"]> {
  return ((await (await owner.call("GET", "/shares")).json()) as OwnedShares).shares;
}
