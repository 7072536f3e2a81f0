import { expect, test } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

test("the entry that was set longest ago is forgotten, and handed back", () => {
  const map = new BoundedMap<string, number>(2);
  expect(map.set("one", 1)).toBeUndefined();
  expect(map.set("two", 2)).toBeUndefined();
  expect(map.set("one", 11)).toBeUndefined();
  expect(map.set("three", 3)).toBe(2);
  expect([...map.values()]).toEqual([11, 3]);
});

test("a map that was emptied in between still forgets the oldest", () => {
  const map = new BoundedMap<string, number>(1);
  map.set("one", 1);
  expect(map.set("two", 2)).toBe(1);
  map.delete("two");
  map.set("three", 3);
  expect(map.set("four", 4)).toBe(3);
  expect(map.size).toBe(1);
});
