/** Tells when nobody has touched the page for a while. It looks at the clock, not at a timer's length: a laptop that slept counts its sleep. */
export class IdleWatch {
  readonly #idle: () => void;
  readonly #now: () => number;
  #limit = 0;
  #last = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(idle: () => void, now: () => number = Date.now) {
    this.#idle = idle;
    this.#now = now;
  }

  /** Starts to watch, or watches with another limit; 0 minutes stops. */
  start(minutes: number): void {
    this.stop();
    if (!(minutes > 0)) return;
    this.#limit = minutes * 60_000;
    this.touched();
    for (const name of ["pointerdown", "keydown", "wheel", "touchstart"])
      addEventListener(name, this.touched, { passive: true, capture: true });
    document.addEventListener("visibilitychange", this.look);
    this.#timer = setInterval(this.look, Math.min(15_000, this.#limit));
  }

  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) removeEventListener(name, this.touched, { capture: true });
    document.removeEventListener("visibilitychange", this.look);
  }

  /** Somebody is there. */
  readonly touched = (): void => {
    this.#last = this.#now();
  };

  /** Looks at the clock now. */
  readonly look = (): void => {
    if (this.#now() - this.#last < this.#limit) return;
    this.touched();
    this.#idle();
  };
}
