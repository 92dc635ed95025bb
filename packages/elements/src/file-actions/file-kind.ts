/**
 * What kind of file a node is, from its media type and ending: for icons, filters and the choice of a preview. Never for trust: the sender
 * chose both.
 *
 * @module
 */
import { endingOf } from "./name-clip.ts";

export type FileKind = "folder" | "image" | "video" | "audio" | "page" | "table" | "text" | "code" | "archive" | "other";

interface Named {
  readonly name: string;
  readonly type: string;
}

const endings: Readonly<Record<Exclude<FileKind, "folder" | "other">, string>> = {
  image: "jpg jpeg png gif webp avif heic heif bmp tif tiff svg ico jxl",
  video: "mp4 mov m4v webm mkv avi ogv 3gp",
  audio: "mp3 m4a wav flac ogg oga opus aac amr",
  page: "pdf doc docx odt rtf pages ps eps epub ppt pptx odp key",
  table: "xls xlsx ods csv tsv numbers",
  text: "txt md markdown log tex org rst",
  code: "html htm css js mjs cjs ts tsx jsx json xml yaml yml toml ini sh bash py rb go rs c h cc cpp hpp java kt swift php sql lua pl r",
  archive: "zip gz tgz tar bz2 xz zst 7z rar",
};
const kindOfEnding = new Map(
  Object.entries(endings).flatMap(([kind, list]) => list.split(" ").map((ending) => [ending, kind as FileKind] as const)),
);

const types: readonly (readonly [RegExp, FileKind])[] = [
  [/^image\//u, "image"],
  [/^video\//u, "video"],
  [/^audio\//u, "audio"],
  [/pdf$|msword|wordprocessing|opendocument\.text|^application\/rtf|presentation|powerpoint/u, "page"],
  [/spreadsheet|ms-excel|^text\/(csv|tab-separated-values)/u, "table"],
  [/zip|tar$|gzip|x-7z|x-rar|x-xz|zstd/u, "archive"],
  [/^text\/(html|css|javascript|xml)|^application\/(json|xml|javascript|xhtml\+xml|x-sh|sql|x-yaml|toml)|\+(json|xml)$/u, "code"],
  [/^text\//u, "text"],
];

/** Media types and endings of kinds, as the `accept` attribute names them. */
export function typesOfKinds(kinds: readonly Exclude<FileKind, "folder" | "other">[]): readonly string[] {
  return kinds.flatMap((kind) => [
    ...(kind === "image" || kind === "video" || kind === "audio" ? [`${kind}/*`] : []),
    ...endings[kind].split(" ").map((ending) => `.${ending}`),
  ]);
}

/** The kind of a file. */
export function kindOfFile({ name, type }: Named): FileKind {
  const known = types.find(([pattern]) => pattern.test(type))?.[1];
  // "text/plain" is what systems say of any source file: the ending knows better
  if (known !== undefined && known !== "text") return known;
  return kindOfEnding.get(endingOf(name).slice(1).toLowerCase()) ?? known ?? "other";
}

/** The kind of a node of the tree. */
export function kindOf(node: { kind: "directory" | "file"; name: string; current: { type: string } | null }): FileKind {
  return node.kind === "directory" ? "folder" : kindOfFile({ name: node.name, type: node.current?.type ?? "" });
}

/** The name of the icon that stands for a kind. */
export function iconOfKind(kind: FileKind) {
  switch (kind) {
    case "folder":
      return "folder";
    case "image":
      return "file-image";
    case "video":
      return "file-video";
    case "audio":
      return "file-audio";
    case "page":
    case "text":
      return "file-text";
    case "table":
      return "file-table";
    case "code":
      return "file-code";
    case "archive":
      return "file-archive";
    default:
      return "file";
  }
}

/** The class that colours an icon; archives and unknown files wear the plain colour. */
export function classOfKind(kind: FileKind): string {
  return `kind-${kind === "archive" || kind === "other" ? "text" : kind}`;
}
