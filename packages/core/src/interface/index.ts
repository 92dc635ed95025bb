export type * from "./folder.ts";
export type * from "./pairing.ts";
export type * from "./search.ts";
export type * from "./share.ts";
export type * from "./state.ts";
export type * from "./store.ts";
export type * from "./transfer.ts";
export type * from "./tree.ts";
