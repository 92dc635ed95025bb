import { expect } from "@open-wc/testing";
import { sendKeys } from "@web/test-runner-commands";
import { copyText } from "./copy-text.ts";

/** A page over http:// has no `navigator.clipboard`. */
function withoutClipboard(): () => void {
  Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
  return () => Reflect.deleteProperty(navigator, "clipboard");
}

/** Calls in the handler of a real key press, as browsers ask for. */
async function pressed(act: () => Promise<void>): Promise<void> {
  const button = document.createElement("button");
  document.body.append(button);
  const done = new Promise<void>((resolve, reject) => button.addEventListener("click", () => void act().then(resolve, reject)));
  button.focus();
  await sendKeys({ press: "Enter" });
  try {
    await done;
    expect(document.activeElement).to.equal(button);
  } finally {
    button.remove();
  }
}

describe("copying without navigator.clipboard", () => {
  it("gives the whole text to the clipboard, shows it nowhere, and leaves the focus where it was", async () => {
    const restore = withoutClipboard();
    const copied: string[] = [];
    const look = (event: ClipboardEvent): void => void copied.push(event.clipboardData?.getData("text/plain") ?? "");
    const seen: string[] = [];
    const observer = new MutationObserver(() => seen.push(document.body.innerHTML));
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    // Before ours in the order of listeners: sees the event, and not yet the text.
    addEventListener("copy", look, { capture: true });
    try {
      await pressed(() => copyText("row one\nrow two"));
    } finally {
      restore();
      removeEventListener("copy", look, { capture: true });
      observer.disconnect();
    }
    const field = document.createElement("textarea");
    document.body.append(field);
    field.focus();
    await sendKeys({ down: "Control" });
    await sendKeys({ press: "v" });
    await sendKeys({ up: "Control" });
    expect(field.value).to.equal("row one\nrow two");
    expect(copied).to.deep.equal([""]);
    expect(seen.join("")).not.to.contain("row one");
    field.remove();
  });

  it("rejects where the browser does not allow it", async () => {
    const restore = withoutClipboard();
    Object.defineProperty(document, "execCommand", { value: () => false, configurable: true });
    let failure: unknown;
    try {
      await copyText("text").catch((error: unknown) => (failure = error));
    } finally {
      Reflect.deleteProperty(document, "execCommand");
      restore();
    }
    expect((failure as DOMException).name).to.equal("NotAllowedError");
    expect(document.querySelector("textarea")).to.equal(null);
  });
});
