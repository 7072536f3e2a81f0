interface Waiting {
  readonly enter: () => void;
  next: Waiting | undefined;
}

/** Lets so many in at a time, first come, first served. */
export class Turnstile {
  #free: number;
  // A linked list: to shift a long array costs its length.
  #first: Waiting | undefined;
  #last: Waiting | undefined;

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves when there is a place; who enters has to leave. */
  enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((enter) => {
      const waiting: Waiting = { enter, next: undefined };
      if (this.#last) this.#last.next = waiting;
      else this.#first = waiting;
      this.#last = waiting;
    });
  }

  leave(): void {
    const next = this.#first;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#first = next.next;
    if (!this.#first) this.#last = undefined;
    next.enter();
  }
}
