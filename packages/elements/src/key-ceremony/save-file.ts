/** Hands a small text to the browser's downloads. */
export function saveFile({ name, text }: { name: string; text: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // the download has begun with the click; a turn later the text need not stay in memory
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
