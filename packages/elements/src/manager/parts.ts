/** The manager's elements carry their parts out with their own name before them: `row` of the list is `list-row`. */

const parts = {
  "key-bar": ["base", "generate", "sign", "secret", "error"],
  "key-ceremony": ["base", "secret", "error"],
  "key-entry": ["base", "secret", "error"],
  alert: ["base", "message"],
  status: ["base", "progress", "problem"],
  qr: ["base", "code", "link", "empty"],
  tree: ["base", "row", "badge", "empty", "error"],
  list: ["base", "row", "cell", "breadcrumb", "empty", "error"],
  uploader: ["base", "dropzone", "item", "bar", "empty", "error"],
  transfers: ["base", "item", "bar", "empty", "error"],
  search: ["base", "input", "chip", "empty", "error"],
  details: ["base", "meta", "empty", "error"],
  footer: ["base", "logo", "image"],
} as const;

/** The `exportparts` of one element of the manager. */
export function partsOf(element: keyof typeof parts): string {
  return parts[element].map((part) => `${part}: ${element}-${part}`).join(", ");
}
