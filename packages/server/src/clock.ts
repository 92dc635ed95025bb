/** Milliseconds since 1970. A port, so that tests can let a month pass. */
export type Clock = () => number;

export const second = 1000;
export const hour = 3600 * second;
export const day = 24 * hour;
