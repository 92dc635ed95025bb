/** What a device remembers of folders that is no secret: how far it has verified each one, and which one it used last. */
import type { LocalStore } from "../interface/store.ts";
import type { Liveness } from "./liveness.ts";

/** The last record that this device verified. A server that shows less, or another head there, is caught by it. */
export interface Place {
  readonly epoch: number;
  readonly seq: number;
  /** Hex of 32 bytes. */
  readonly head: string;
  /** Locked never becomes open again: a published read key is not believed from then on. */
  readonly locked: boolean;
  /** When it was verified, milliseconds since 1970; a checkpoint's is not known. */
  readonly at?: number;
  /** How often the person has adopted a server's other history on this device: places before that count no more. */
  readonly adopted?: number;
}

const placeKey = (folder: string): string => `folder/${folder}/place`;
const lastKey = (server: string): string => `last/${server}`;

export async function rememberedPlace(store: LocalStore, folder: string): Promise<Place | null> {
  return (await store.get<Place>(placeKey(folder))) ?? null;
}

export interface PlacePort {
  readonly store: LocalStore;
  readonly live: Liveness;
  readonly folder: string;
}

/**
 * Remembers a place, unless another page of this device is further, or on a history that was adopted since. So the place of a history only grows.
 * Returns what is remembered.
 */
export function furtherPlace({ store, live, folder }: PlacePort, place: Place): Promise<Place> {
  return live.during(`keyfold:place:${folder}`, async () => {
    const known = await rememberedPlace(store, folder);
    const [mine, theirs] = [place.adopted ?? 0, known?.adopted ?? 0];
    if (known !== null && (theirs > mine || (theirs === mine && known.seq > place.seq))) return known;
    await store.set(placeKey(folder), place);
    return place;
  });
}

/** Remembers the place of a history that was adopted in the place of another, with other writes: all or none. */
export function adoptPlace(
  { store, live, folder }: PlacePort,
  place: Place,
  writes: readonly (readonly [string, unknown])[],
): Promise<Place> {
  return live.during(`keyfold:place:${folder}`, async () => {
    const known = await rememberedPlace(store, folder);
    const adopted = { ...place, adopted: (known?.adopted ?? 0) + 1 };
    await store.batch([...writes, [placeKey(folder), adopted]]);
    return adopted;
  });
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
