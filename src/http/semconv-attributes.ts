/** The attributes of OTel's own HTTP metrics, bounded as our labels are. Pure. */

export type Attributes = Readonly<Record<string, unknown>>;

/** Past so many of each, a further one is `_OTHER`: as many as there are endpoints in our own metrics. */
export const MAX_VALUES = 200;

/** Kinds of exchanges that are remembered: what is past the bounds above shall not fill the memory either. */
export const MAX_KINDS = 2_000;

/** Whom an application calls, which routes it has and how its calls fail may be as many as its users want. */
const OPEN = ['http.route', 'server.address', 'error.type'] as const;

/** Gives the function that makes one set of attributes. It remembers which values there were. */
export function createHttpAttributes(): (given: Attributes, route: string | undefined) => Attributes {
  const known = new Map(OPEN.map((name) => [name, new Set<unknown>()]));
  return (given, route) => {
    const attributes: Record<string, unknown> = { ...given };
    if (route !== undefined) attributes['http.route'] = route;
    for (const [name, values] of known) {
      const value = attributes[name];
      if (value === undefined) continue;
      // A host on another port is another host.
      const key =
        name === 'server.address' ? `${value as string} ${attributes['server.port'] as number}` : value;
      if (values.has(key)) continue;
      if (values.size < MAX_VALUES) values.add(key);
      else attributes[name] = '_OTHER';
    }
    if (attributes['server.address'] === '_OTHER') delete attributes['server.port'];
    return attributes;
  };
}

/**
 * `make` with a memory of what it made of exchanges alike in everything: to ask the instrumentation each time costs twice
 * as much as the instrumentation itself.
 */
export function rememberKinds<E extends object>(
  make: (exchange: E) => Attributes,
): (exchange: E) => Attributes {
  const known = new Map<string, Attributes>();
  return (exchange) => {
    const kind = Object.values(exchange).join('\n');
    let attributes = known.get(kind);
    if (attributes === undefined) {
      if (known.size >= MAX_KINDS) known.clear();
      known.set(kind, (attributes = make(exchange)));
    }
    return attributes;
  };
}
