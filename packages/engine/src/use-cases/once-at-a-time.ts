/** Runs one action a key at a time: whoever asks for the same meanwhile gets the outcome of the one under way. */
export class OnceAtATime<Outcome> {
  readonly #running = new Map<string, Promise<Outcome>>();

  run(key: string, action: () => Promise<Outcome>): Promise<Outcome> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const outcome = action().finally(() => this.#running.delete(key));
    this.#running.set(key, outcome);
    return outcome;
  }
}
