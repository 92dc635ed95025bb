/** The same file over three ways, with the same code in Node and in a page: Keyfold, a bare loop of PUTs and GETs, tus. */
import { Keyfold, memoryStore, type Folder } from "@keyfold/core";
import { Upload } from "tus-js-client";

const partSize = 4 * 2 ** 20;
const inFlight = 6;

async function inParallel(count: number, action: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) await action(index);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

export async function newFolder(server: string): Promise<Folder> {
  return new Keyfold({ server, store: memoryStore() }).create();
}

export async function openFolder(server: string, link: string): Promise<Folder> {
  return new Keyfold({ server, store: memoryStore() }).openLink(link);
}

export async function keyfoldUpload(folder: Folder, file: Blob, name: string): Promise<void> {
  await folder.upload([{ file, name }]);
}

const { port1, port2 } = new MessageChannel();
port2.close();

/** What a page does with a piece: it is transferred, to a worker that writes it. Here to nobody. */
function handOn(piece: Uint8Array): void {
  if (!("process" in globalThis)) port1.postMessage(null, [piece.buffer]);
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<number> {
  let size = 0;
  const reader = stream.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.length;
    handOn(chunk.value);
  }
  return size;
}

export function keyfoldDownload(folder: Folder, name: string): Promise<number> {
  return drain(folder.stream(`/${name}`));
}

export async function bareUpload(server: string, file: Blob): Promise<void> {
  await inParallel(Math.ceil(file.size / partSize), async (index) => {
    // Read and hand over as a client that looks at the bytes must; a page's fetch sends a Blob many times faster than a buffer.
    const bytes = await file.slice(index * partSize, (index + 1) * partSize).arrayBuffer();
    const body = "process" in globalThis ? bytes : new Blob([bytes]);
    const response = await fetch(`${server}/part-${index}`, { method: "PUT", body });
    if (!response.ok) throw new Error(`The bare server answered ${response.status}.`);
  });
}

export async function bareDownload(server: string, size: number): Promise<number> {
  let received = 0;
  await inParallel(Math.ceil(size / partSize), async (index) => {
    const response = await fetch(`${server}/part-${index}`);
    received += (await response.arrayBuffer()).byteLength;
  });
  return received;
}

/** Returns the upload's own URL, to read it back from. */
export function tusUpload(server: string, file: Blob, stream?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new Upload((stream ?? file) as Blob, {
      endpoint: `${server}/files`,
      uploadSize: file.size,
      storeFingerprintForResuming: false,
      retryDelays: null,
      onError: reject,
      onSuccess: () => resolve(upload.url ?? ""),
    });
    upload.start();
  });
}

export async function tusDownload(url: string): Promise<number> {
  const response = await fetch(url);
  return response.body === null ? 0 : drain(response.body);
}
