/**
 * How a file may be shown. Nothing of a file ever becomes markup or script of this page: pictures are drawn by `<img>` (an SVG there runs nothing and
 * fetches nothing), pages of a PDF are painted, text is text, and so is HTML.
 *
 * @module
 */
import { kindOfFile } from "../file-actions/file-kind.ts";
import { endingOf } from "../file-actions/name-clip.ts";

export type PreviewKind = "image" | "pdf" | "text" | "video" | "audio" | "none";

/** Bytes that are shown of a text. */
export const textShown = 256 * 1024;

/** Bytes up to which a file is fetched to be looked at; text is fetched in part. */
export const previewLimit: Readonly<Record<Exclude<PreviewKind, "text" | "none">, number>> = {
  image: 64 * 2 ** 20,
  pdf: 64 * 2 ** 20,
  video: 256 * 2 ** 20,
  audio: 128 * 2 ** 20,
};

/** Pictures that browsers draw everywhere we run. */
const drawn = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/svg+xml", "image/x-icon"]);
const typeOfEnding: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  bmp: "image/bmp",
  svg: "image/svg+xml",
  ico: "image/x-icon",
  pdf: "application/pdf",
  mp4: "video/mp4",
  m4v: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  ogv: "video/ogg",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  wav: "audio/wav",
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
  flac: "audio/flac",
  aac: "audio/aac",
};

interface Named {
  readonly name: string;
  readonly type: string;
}

/** The media type to draw with; "" where neither type nor ending tell. */
export function drawnType({ name, type }: Named): string {
  const plain = type.split(";")[0]?.trim().toLowerCase() ?? "";
  if (plain !== "" && plain !== "application/octet-stream") return plain;
  return typeOfEnding[endingOf(name).slice(1).toLowerCase()] ?? "";
}

export function previewKind(file: Named): PreviewKind {
  const type = drawnType(file);
  if (drawn.has(type)) return "image";
  if (type === "application/pdf") return "pdf";
  const kind = kindOfFile(file);
  if (kind === "text" || kind === "code" || type === "text/csv" || type === "text/tab-separated-values") return "text";
  if (kind === "video" && type.startsWith("video/")) return "video";
  if (kind === "audio" && type.startsWith("audio/")) return "audio";
  return "none";
}

/** Whether a text holds something that would be active elsewhere: it is said that nothing runs. */
export function isActive(file: Named): boolean {
  const type = drawnType(file);
  const ending = endingOf(file.name).toLowerCase();
  return /html|xml|javascript/u.test(type) || [".html", ".htm", ".xhtml", ".svg", ".js", ".mjs"].includes(ending);
}
