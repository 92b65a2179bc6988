/** Work that is put off until somebody asks for its result. */

/** A function that makes its value at the first call and gives the same one ever after. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The function, which does its work once for each name. */
export function memoized<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name)!;
  };
}

/** A map whose keys are known and whose values are made when asked for; a key whose value cannot be made is absent. */
export function lazyMap<V>(
  keys: readonly string[],
  make: (key: string) => V | undefined,
): ReadonlyMap<string, V> {
  const makers = new Map(keys.map((key) => [key, lazy(() => make(key))]));
  const made = lazy(() => {
    const all = [...makers].map(([key, maker]): [string, V | undefined] => [key, maker()]);
    return new Map(all.filter((entry): entry is [string, V] => entry[1] !== undefined));
  });
  return {
    get: (key) => makers.get(key)?.(),
    has: (key) => makers.get(key)?.() !== undefined,
    get size() {
      return made().size;
    },
    keys: () => made().keys(),
    values: () => made().values(),
    entries: () => made().entries(),
    forEach: (visit) => made().forEach(visit),
    [Symbol.iterator]: () => made()[Symbol.iterator](),
  };
}
