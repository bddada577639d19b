/** Names a pool after the database it connects to: never a user, never a password. Pure. */

export interface PoolAddress {
  /** Or the path of a socket. */
  readonly host: string;
  /** '' when there is none. */
  readonly port: string;
  /** '' when it is not said: the driver would take the user's name, which is nobody's business here. */
  readonly database: string;
}

/** What a pool was made with: any of these may be of any type. */
export interface PoolOptions {
  readonly connectionString?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
  readonly database?: unknown;
}

/** `host:port/database`, or the name the operator gave for that or for `host/database`. */
export function poolName(address: PoolAddress, names: Readonly<Record<string, string>>): string {
  const { host, port, database } = address;
  const path = database === '' ? '' : `/${database}`;
  const full = `${host}${port === '' ? '' : `:${port}`}${path}`;
  // No host or database has these: a connection string was not what it seemed.
  if (/[@\s?&=]/.test(full)) return 'unknown';
  return names[full] ?? names[`${host}${path}`] ?? full;
}

/** A connection string wins over the other options, these win over `defaults`, as in pg. */
export function pgAddress(
  options: PoolOptions,
  defaults: { readonly [K in keyof PoolAddress]: string | undefined },
): PoolAddress {
  const given = parseConnectionString(options.connectionString);
  const pick = (key: keyof PoolAddress, otherwise: string): string =>
    given[key] ?? asText(options[key]) ?? asText(defaults[key]) ?? otherwise;
  return { host: pick('host', 'localhost'), port: pick('port', '5432'), database: pick('database', '') };
}

type Parts = { readonly [K in keyof PoolAddress]?: string | undefined };

/** `postgres://user:password@host:port/database`, its `?host=` form, and `/socket/directory database`. */
function parseConnectionString(text: unknown): Parts {
  if (typeof text !== 'string' || text === '') return {};
  if (text.startsWith('/')) {
    const [host, database] = text.split(' ');
    return { host, database: asText(database) };
  }
  // A password with a `/`, `?` or `#` that nobody escaped: what looks like the host is then a part of it.
  if (/:\/\/[^/?#]*[/?#].*@/s.test(text) || !/^\w+:\//.test(text)) return { host: '?' };
  try {
    const url = new URL(text, 'postgres://base');
    const path = decodeURIComponent(url.pathname);
    if (url.protocol === 'socket:') return { host: path, database: asText(url.searchParams.get('db')) };
    const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
    return {
      host: host === 'base' ? undefined : asText(host),
      port: asText(url.searchParams.get('port')) ?? asText(url.port),
      database: asText(path.slice(1)),
    };
  } catch {
    return { host: '?' };
  }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
