/** The longest gap between timers until it is stopped, in ms. */
export function watchThread(): () => number {
  let longest = 0;
  let last = performance.now();
  let timer: ReturnType<typeof setTimeout>;
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    timer = setTimeout(tick, 4);
  };
  timer = setTimeout(tick, 4);
  return () => {
    clearTimeout(timer);
    return Math.max(longest, performance.now() - last);
  };
}
