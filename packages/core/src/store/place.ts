/** What a device remembers of folders that is no secret: how far it has verified each one, and which one it used last. */
import type { LocalStore } from "../interface/store.ts";

/** The last record that this device verified. A server that shows less, or another head there, is caught by it. */
export interface Place {
  readonly epoch: number;
  readonly seq: number;
  /** Hex of 32 bytes. */
  readonly head: string;
  /** Locked never becomes open again: a published read key is not believed from then on. */
  readonly locked: boolean;
}

const placeKey = (folder: string): string => `folder/${folder}/place`;
const lastKey = (server: string): string => `last/${server}`;

export async function rememberedPlace(store: LocalStore, folder: string): Promise<Place | null> {
  return (await store.get<Place>(placeKey(folder))) ?? null;
}

export async function rememberPlace(store: LocalStore, folder: string, place: Place): Promise<void> {
  await store.set(placeKey(folder), place);
}

export async function lastFolder(store: LocalStore, server: string): Promise<string | null> {
  return (await store.get<string>(lastKey(server))) ?? null;
}

export async function rememberLastFolder(store: LocalStore, server: string, folder: string): Promise<void> {
  await store.set(lastKey(server), folder);
}

/** Erases everything that is kept for a folder. The place stays: forgetting it would let a server roll back unseen. */
export async function eraseFolder(store: LocalStore, server: string, folder: string): Promise<void> {
  const keys = (await store.keys(`folder/${folder}/`)).filter((key) => key !== placeKey(folder));
  const writes: (readonly [string, undefined])[] = keys.map((key) => [key, undefined]);
  if ((await lastFolder(store, server)) === folder) writes.push([lastKey(server), undefined]);
  await store.batch(writes);
}
