/** Text to the system's clipboard, also on pages without `navigator.clipboard` (http:// on a LAN). */

/** Call it in the handler of a click. Rejects where the browser does not allow it. */
export async function copyText(text: string): Promise<void> {
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
  if (clipboard !== undefined) return clipboard.writeText(text);
  copyByCommand(text);
}

/** The older way. The text is given to the event and never stands in the page; what is selected meanwhile is a space. */
function copyByCommand(text: string): void {
  let given = false;
  const give = (event: ClipboardEvent): void => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
    given = true;
  };
  const focused = activeElement(document);
  const field = document.createElement("textarea");
  field.value = " ";
  field.readOnly = true;
  field.setAttribute("aria-hidden", "true");
  field.style.position = "fixed";
  field.style.inset = "0 auto auto 0";
  field.style.opacity = "0";
  document.body.append(field);
  addEventListener("copy", give, { capture: true });
  try {
    field.select();
    // Deprecated, and the only way there is on such a page.
    document.execCommand("copy");
  } finally {
    removeEventListener("copy", give, { capture: true });
    field.remove();
    focused?.focus();
  }
  if (!given) throw new DOMException("Copying is not allowed here.", "NotAllowedError");
}

function activeElement(root: Document | ShadowRoot): HTMLElement | null {
  const active = root.activeElement;
  return active?.shadowRoot != null ? (activeElement(active.shadowRoot) ?? (active as HTMLElement)) : (active as HTMLElement | null);
}
