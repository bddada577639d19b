/**
 * Whether something of this package is in its place already. A wrapper tells so itself, but not where another library
 * has since put one of its own around it; then a second copy of this package would see each call once more.
 */
const PLACED = Symbol.for('intelia.otel.placed');

/** True once for each `name` at `owner`, over all copies of this package in the process. */
export function isFirst(owner: object, name: string): boolean {
  let placed = (owner as { [PLACED]?: Set<string> })[PLACED];
  if (placed === undefined || !Object.hasOwn(owner, PLACED)) {
    placed = new Set();
    Object.defineProperty(owner, PLACED, { value: placed });
  }
  if (placed.has(name)) return false;
  placed.add(name);
  return true;
}
