/**
 * Small pictures of pictures, made where they are uploaded: who only looks through a folder need not fetch the files themselves.
 *
 * @module
 */

/** Pixels of the longer side. */
const SIDE = 320;
/** Bytes: smaller pictures are their own thumbnails. */
export const OWN_THUMBNAIL = 64 * 1024;
/** Bytes: larger ones would cost more memory than a thumbnail is worth. */
const LARGEST = 48 * 2 ** 20;
/** What browsers decode without running anything: no SVG. */
const RASTER = /^image\/(?:jpeg|png|webp|avif|gif|bmp)$/;

/** A picture of pixels, of a kind that browsers show. */
export function isPicture(type: string): boolean {
  return RASTER.test(type);
}

/** One at a time: a decoded photo takes 100 MB. */
let before: Promise<unknown> = Promise.resolve();

/** A WebP (or PNG, where the browser writes none) of at most 320 pixels a side; null where none is needed or can be made. Never rejects. */
export function makeThumbnail(file: Blob, type: string): Promise<Blob | null> {
  if (!isPicture(type) || file.size <= OWN_THUMBNAIL || file.size > LARGEST) return Promise.resolve(null);
  if (typeof OffscreenCanvas === "undefined" || typeof createImageBitmap === "undefined") return Promise.resolve(null);
  const made = before.then(() => draw(file)).catch(() => null);
  before = made;
  return made;
}

async function draw(file: Blob): Promise<Blob | null> {
  const picture = await createImageBitmap(file);
  try {
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
    const context = canvas.getContext("2d");
    if (context === null) return null;
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
  } finally {
    picture.close();
  }
}
