// The page's own few lines: which folder the address names. The element does the rest.
const manager = document.querySelector("keyfold-manager");
const named = /^\/f\/([0-9a-f]{32})$/.exec(location.pathname);
if (named) manager.folderId = named[1];
