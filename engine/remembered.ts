/** Returns what is kept under a name, or keeps what `make` promises; a failure is not kept. */
export function remembered<T>(memory: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = memory.get(name);
  if (known !== undefined) return known;
  const promise = make();
  memory.set(name, promise);
  promise.catch(() => memory.delete(name));
  return promise;
}
