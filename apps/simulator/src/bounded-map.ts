/** A map of at most `limit` entries. To set one beyond that forgets the entry that was set longest ago. */
export class BoundedMap<Key, Value> {
  readonly #limit: number;
  readonly #entries = new Map<Key, Value>();
  // One iterator for good: a new one would step over every deleted entry again, which is not O(1).
  #oldest: MapIterator<Key> = this.#entries.keys();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Makes `key` the newest entry. Returns the value that had to be forgotten for it, if any. */
  set(key: Key, value: Value): Value | undefined {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return this.#entries.size > this.#limit ? this.#forgetOldest() : undefined;
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  /** Oldest first. */
  values(): MapIterator<Value> {
    return this.#entries.values();
  }

  #forgetOldest(): Value | undefined {
    let next = this.#oldest.next();
    if (next.done) {
      this.#oldest = this.#entries.keys();
      next = this.#oldest.next();
    }
    if (next.done) return undefined;
    const forgotten = this.#entries.get(next.value);
    this.#entries.delete(next.value);
    return forgotten;
  }
}
