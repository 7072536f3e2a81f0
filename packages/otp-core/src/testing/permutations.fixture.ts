/** Every order of the items; equal ones are not told apart. */
export const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length === 0
    ? [[]]
    : [...new Set(items)].flatMap((item) =>
        permutations(items.toSpliced(items.indexOf(item), 1)).map((rest) => [item].concat(rest)),
      );
