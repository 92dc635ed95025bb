/**
 * A zip onto the disk: streamed into a file that the person names, where the browser can; else collected in a Blob and handed to its downloads.
 *
 * @module
 */

/** Not in TypeScript's library yet: https://wicg.github.io/file-system-access/#api-showsavefilepicker */
interface SavePicker {
  showSaveFilePicker?(options: {
    suggestedName: string;
    types: { accept: Record<string, string[]> }[];
  }): Promise<{ createWritable(): Promise<WritableStream<Uint8Array>> }>;
}

/** Where the zip will go. Call it in a click. Null: the person chose no place. */
export async function chooseSink(name: string): Promise<((zip: ReadableStream<Uint8Array>, signal: AbortSignal) => Promise<void>) | null> {
  const page = globalThis as SavePicker;
  if (page.showSaveFilePicker === undefined) return (zip, signal) => saveBlob(zip, name, signal);
  try {
    const file = await page.showSaveFilePicker({ suggestedName: name, types: [{ accept: { "application/zip": [".zip"] } }] });
    const writable = await file.createWritable();
    return (zip, signal) => zip.pipeTo(writable, { signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    // A page that may not use the picker: downloads still work.
    return (zip, signal) => saveBlob(zip, name, signal);
  }
}

async function saveBlob(zip: ReadableStream<Uint8Array>, name: string, signal: AbortSignal): Promise<void> {
  const parts: Blob[] = [];
  await zip.pipeTo(new WritableStream({ write: (piece) => void parts.push(new Blob([piece as Uint8Array<ArrayBuffer>])) }), { signal });
  const address = URL.createObjectURL(new Blob(parts, { type: "application/zip" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser needs the address until it has begun to write.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
