/**
 * Paints a page of a PDF onto a canvas. The browser's own viewer would need a frame of a `blob:` URL, which `frame-src 'self'` forbids; so pdf.js does
 * it, loaded when the first PDF is looked at. Its worker is a script of our own origin beside this one; its scripting is not even built in.
 *
 * @module
 */
import type * as PdfJs from "pdfjs-dist";

export interface PdfPages {
  readonly count: number;
  /**
   * Paints a page (1 is the first) so that it fits the box.
   *
   * @param box CSS px
   */
  paint(canvas: HTMLCanvasElement, page: number, box: { width: number; height: number }): Promise<void>;
  close(): void;
}

let loading: Promise<typeof PdfJs> | null = null;
let failed: Promise<never> | null = null;

/** A Trusted Types policy that makes one URL: that of our own worker. Its name stands in the policy that docs ask for. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}
const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;

/** Where pdf.js's worker is served: beside the module, unless a page sets another place (of its own origin) before the first PDF. */
export const pdfWorker = { url: new URL("./pdf.worker.js", import.meta.url).href };

async function pdfJs(): Promise<typeof PdfJs> {
  loading ??= import("pdfjs-dist").then((library) => {
    const policy = trustedTypes?.createPolicy("keyfold-pdf", { createScriptURL: () => pdfWorker.url });
    const worker = new Worker((policy?.createScriptURL("") ?? pdfWorker.url) as string, { type: "module" });
    library.GlobalWorkerOptions.workerPort = worker;
    // pdf.js waits for ever for a worker that could not be loaded
    failed = new Promise((_, reject) => worker.addEventListener("error", () => reject(new Error("pdf.js has no worker")), { once: true }));
    failed.catch(() => {});
    return library;
  });
  return loading;
}

/** Rejects where it is not a PDF, or needs a password. */
export async function openPdf(file: Blob): Promise<PdfPages> {
  const library = await pdfJs();
  const task = library.getDocument({
    data: new Uint8Array(await file.arrayBuffer()),
    // pictures are decoded without wasm, and fonts that are not in the file are the system's: nothing the policy would have to allow, nothing fetched
    useWasm: false,
    useSystemFonts: true,
    enableXfa: false,
  });
  const pdf = await Promise.race(failed === null ? [task.promise] : [task.promise, failed]);
  return {
    count: pdf.numPages,
    async paint(canvas, number, box) {
      const page = await pdf.getPage(number);
      const whole = page.getViewport({ scale: 1 });
      const fit = Math.min(box.width / whole.width, box.height / whole.height);
      const viewport = page.getViewport({ scale: fit * Math.min(2, devicePixelRatio || 1) });
      canvas.width = Math.max(1, Math.round(viewport.width));
      canvas.height = Math.max(1, Math.round(viewport.height));
      await page.render({ canvas, viewport }).promise;
    },
    close: () => void task.destroy(),
  };
}
