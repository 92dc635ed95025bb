/** A real Chromium, one for a test file, with a fresh context (profile) for each device of a story. */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { browserArguments, findBrowser } from "../scripts/browser.mjs";

export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), args: browserArguments });
}

/** A host name that is not this machine to the browser: a page from it over http:// is no secure context, as one from a LAN is none. */
export const lanHost = "keyfold.test";

/** As `launch`, where `lanHost` leads to this machine. */
export async function launchWithLan(): Promise<Browser> {
  const rules = "--host-resolver-rules=";
  const args = browserArguments.map((argument) =>
    argument.startsWith(rules) ? `${rules}MAP ${lanHost} 127.0.0.1, ${argument.slice(rules.length)}` : argument,
  );
  return chromium.launch({ executablePath: findBrowser(), args });
}

export interface Device {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors, page errors and violations of the content security policy, as they come. */
  readonly complaints: string[];
}

/** A browser context as a device of its own: own storage, own keys. */
export async function device(browser: Browser, options: { width?: number; height?: number; dark?: boolean } = {}): Promise<Device> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 860 },
    colorScheme: options.dark ? "dark" : "light",
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const complaints: string[] = [];
  await context.exposeBinding("reportViolation", (_source, text: string) => complaints.push(`csp: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const report = (globalThis as unknown as { reportViolation: (text: string) => void }).reportViolation;
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(`page: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  return { context, page, complaints };
}
