/** Full disks, for real: a tmpfs of a few megabytes, where mounting is allowed. */
import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./mount.ts";

/** A file system of its own of so many bytes; undefined where mounting is not allowed. */
export async function smallDisk(bytes: number): Promise<string | undefined> {
  const directory = await temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", directory], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", directory]));
  return directory;
}
