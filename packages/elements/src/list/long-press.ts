/** Fingers: a tap opens, a long press begins choosing, and from then on taps choose. */
const pressFor = 500;
/** px a finger may slip. */
const slip = 10;

export class LongPress {
  /** Whether the last pointer was a finger or a pen. */
  touching = false;
  /** Whether taps choose. */
  choosing = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #pressed = false;
  #stop: (() => void) | null = null;

  down(event: PointerEvent, element: HTMLElement, pressed: () => void): void {
    this.cancel();
    this.#pressed = false;
    this.touching = event.pointerType !== "mouse";
    if (!this.touching) {
      this.choosing = false;
      return;
    }
    const from = { x: event.clientX, y: event.clientY };
    const moved = (move: PointerEvent): void => {
      if (Math.hypot(move.clientX - from.x, move.clientY - from.y) > slip) this.cancel();
    };
    const ended = (): void => this.cancel();
    element.addEventListener("pointermove", moved);
    element.addEventListener("pointerup", ended);
    element.addEventListener("pointercancel", ended);
    this.#stop = () => {
      element.removeEventListener("pointermove", moved);
      element.removeEventListener("pointerup", ended);
      element.removeEventListener("pointercancel", ended);
    };
    this.#timer = setTimeout(() => {
      this.cancel();
      this.#pressed = true;
      this.choosing = true;
      pressed();
    }, pressFor);
  }

  /** Whether the click that follows belongs to a long press, and is none of its own. */
  takeClick(): boolean {
    const was = this.#pressed;
    this.#pressed = false;
    return was;
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#stop?.();
    this.#stop = null;
  }
}
