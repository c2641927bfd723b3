import type { Clock, Logger, TimerHandle } from '@groupcall/kernel';

/** Somebody who sends at the ticker's pace. */
export interface FrameSource {
  /** `frames` frame times have gone by since the last call; more than one when the process was late. */
  onFrames(frames: number): void;
}

export interface FrameTickerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Length of a frame, ms. */
  readonly frameMs: number;
}

/**
 * One timer for all who send: every frame is due at the start time plus a whole number of frame times, so that a late
 * timer delays one frame and never the pace. It runs only while somebody listens.
 */
export class FrameTicker {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #frameMs: number;
  /** With the number of the last frame each one was told. */
  readonly #sources = new Map<FrameSource, number>();
  #startedAt = 0;
  #timer: TimerHandle | undefined;

  constructor({ clock, logger, frameMs }: FrameTickerOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#frameMs = frameMs;
  }

  get size(): number {
    return this.#sources.size;
  }

  /** Idempotent. */
  close(): void {
    this.#sources.clear();
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The first frame of `source` is due within one frame time. Idempotent. */
  add(source: FrameSource): void {
    if (this.#sources.has(source)) return;
    if (this.#sources.size === 0) this.#startedAt = this.#clock.now();
    const frame = this.#frameNow();
    this.#sources.set(source, frame);
    if (this.#timer === undefined) this.#schedule(frame + 1);
  }

  /** Idempotent. */
  remove(source: FrameSource): void {
    this.#sources.delete(source);
    if (this.#sources.size === 0) this.close();
  }

  #frameNow(): number {
    return Math.floor((this.#clock.now() - this.#startedAt) / this.#frameMs);
  }

  #schedule(frame: number): void {
    const dueAt = this.#startedAt + frame * this.#frameMs;
    // Rounded up: a timer that fires a fraction of a ms early would find nothing due.
    const delayMs = Math.ceil(Math.max(0, dueAt - this.#clock.now()));
    this.#timer = this.#clock.setTimeout(delayMs, () => {
      this.#onTimer();
    });
  }

  #onTimer(): void {
    this.#timer = undefined;
    const frame = this.#frameNow();
    for (const [source, told] of this.#sources) {
      if (frame <= told) continue;
      this.#sources.set(source, frame);
      try {
        source.onFrames(frame - told);
      } catch (error) {
        this.#logger.error({ err: error }, 'a sender failed at its frame');
      }
    }
    if (this.#sources.size > 0) this.#schedule(frame + 1);
  }
}
