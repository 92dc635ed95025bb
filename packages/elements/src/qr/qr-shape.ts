/** A QR code as two paths: the modules, and the three finders with their rounded corners. Error correction M; four quiet modules around. */
import { create } from "qrcode";

export interface QrShape {
  /** Modules a side, without the quiet zone. */
  readonly size: number;
  /** One path over all dark modules outside the finders, in units of a module. */
  readonly modules: string;
  /** Top left corners of the finders. */
  readonly finders: readonly (readonly [x: number, y: number])[];
}

/** Quiet modules on each side that a reader needs (ISO/IEC 18004, 6.3.8). */
export const quietZone = 4;

const finderSize = 7;

export function qrShape(text: string): QrShape {
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  const { size } = modules;
  const last = size - finderSize;
  const inFinder = (x: number, y: number): boolean => (y < finderSize && (x < finderSize || x >= last)) || (y >= last && x < finderSize);
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const start = x;
      while (x < size && !inFinder(x, y) && modules.get(y, x) !== 0) x++;
      if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`;
    }
  }
  return {
    size,
    modules: path,
    finders: [
      [0, 0],
      [last, 0],
      [0, last],
    ],
  };
}

/** The ring of a finder at a place, corners rounded by less than readers mind. */
export function finderRing(x: number, y: number): string {
  return `M${x + 1.4} ${y}h4.2a1.4 1.4 0 0 1 1.4 1.4v4.2a1.4 1.4 0 0 1-1.4 1.4h-4.2a1.4 1.4 0 0 1-1.4-1.4v-4.2a1.4 1.4 0 0 1 1.4-1.4zm0 1a.4.4 0 0 0-.4.4v4.2c0 .22.18.4.4.4h4.2a.4.4 0 0 0 .4-.4v-4.2a.4.4 0 0 0-.4-.4z`;
}
