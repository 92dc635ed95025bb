/** What an uploader takes. A courtesy to the person who picks: the server has limits of its own. */
import type { PickedFile } from "@keyfold/core";

export type RejectReason = "type" | "file-size" | "file-count" | "total-size";

export interface UploadLimits {
  /** As of `<input accept>`: ".pdf,image/*". Empty takes everything. */
  readonly accept: string;
  /** Bytes a file. */
  readonly maxFileSize: number | null;
  /** Files in one go. */
  readonly maxFiles: number | null;
  /** Bytes in one go. */
  readonly maxTotalSize: number | null;
}

export interface Rejected {
  readonly file: PickedFile;
  readonly reason: RejectReason;
}

export interface Sorted {
  readonly taken: readonly PickedFile[];
  readonly rejected: readonly Rejected[];
}

/** Sorts what was picked; `before` counts what is being looked over already. */
export function withinLimits(files: readonly PickedFile[], limits: UploadLimits, before: { files: number; bytes: number }): Sorted {
  const taken: PickedFile[] = [];
  const rejected: Rejected[] = [];
  let count = before.files;
  let bytes = before.bytes;
  for (const file of files) {
    const size = file.file.size;
    const reason = !accepts(limits.accept, nameOf(file), file.file.type)
      ? "type"
      : limits.maxFileSize !== null && size > limits.maxFileSize
        ? "file-size"
        : limits.maxFiles !== null && count >= limits.maxFiles
          ? "file-count"
          : limits.maxTotalSize !== null && bytes + size > limits.maxTotalSize
            ? "total-size"
            : null;
    if (reason === null) {
      taken.push(file);
      count += 1;
      bytes += size;
    } else rejected.push({ file, reason });
  }
  return { taken, rejected };
}

/** The name a picked file will have. */
export function nameOf(picked: PickedFile): string {
  return picked.name ?? (picked.file instanceof File ? picked.file.name : "");
}

/** The rule of HTML's `accept`: endings, types, and image/*, audio/*, video/*. */
export function accepts(accept: string, name: string, type: string): boolean {
  const wanted = accept
    .toLowerCase()
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (wanted.length === 0) return true;
  const lowName = name.toLowerCase();
  const lowType = type.toLowerCase();
  return wanted.some((part) =>
    part.startsWith(".") ? lowName.endsWith(part) : part.endsWith("/*") ? lowType.startsWith(part.slice(0, -1)) : lowType === part,
  );
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** "25MB", "2 GiB" or a plain number of bytes; null where it cannot be read (then there is no limit). */
export function parseBytes(text: string | null): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/iu.exec(text ?? "");
  const factor = units[match?.[2]?.toLowerCase() ?? "none"];
  return match === null || factor === undefined ? null : Math.floor(Number(match[1]) * factor);
}
