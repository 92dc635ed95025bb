export { icon } from "./icon.ts";
export type { IconName, IconOptions } from "./icon.ts";
export { mark } from "./mark.ts";
export type { MarkState } from "./mark.ts";
