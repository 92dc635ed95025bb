// The page's own few lines, run before the elements are defined: which folder the address names. The element does the rest.
const named = /^\/f\/([0-9a-f]{32})$/.exec(location.pathname);
if (named) document.querySelector("keyfold-manager").setAttribute("folder", named[1]);
