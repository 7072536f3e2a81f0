/** Timers that neither keep the process alive nor outlive the app. */
export class Timers {
  readonly #pending = new Map<NodeJS.Timeout, () => void>();
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves after `ms`, or at once when the timers are closed. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0 || this.#closed) resolve();
      else this.#start(ms, resolve, resolve);
    });
  }

  /** Runs `run` after `ms` unless the returned function is called, or the timers are closed, before that. */
  after(ms: number, run: () => void): () => void {
    if (this.#closed) return () => {};
    const timer = this.#start(ms, run, () => {});
    return () => {
      clearTimeout(timer);
      this.#pending.delete(timer);
    };
  }

  close(): void {
    this.#closed = true;
    for (const [timer, abandon] of this.#pending) {
      clearTimeout(timer);
      abandon();
    }
    this.#pending.clear();
  }

  #start(ms: number, run: () => void, abandon: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      run();
    }, ms).unref();
    this.#pending.set(timer, abandon);
    return timer;
  }
}
