// Finds a Chromium for the browser tests, and gets one where there is none.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const places = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Arguments that every start of the browser takes here: no sandbox as root, nothing that calls out. */
export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

function downloaded() {
  const { chromium } = createRequire(import.meta.url)("playwright-core");
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/** Path of a Chromium; installs Debian's package or playwright's build where none is found. Throws when that fails too. */
export function findBrowser() {
  const found = places.find((place) => place && existsSync(place)) ?? downloaded();
  if (found) return found;
  if (existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
    console.log("No Chromium here: installing Debian's package");
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
    spawnSync("apt-get", ["install", "-y", "-qq", "chromium"], {
      stdio: "inherit",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (existsSync("/usr/bin/chromium")) return "/usr/bin/chromium";
  }
  console.log("No Chromium here: downloading one");
  spawnSync("playwright-core", ["install", "chromium"], { stdio: "inherit", shell: process.platform === "win32" });
  const path = downloaded();
  if (!path) throw new Error("The browser tests need Chromium: install it, or set CHROMIUM_PATH.");
  return path;
}
