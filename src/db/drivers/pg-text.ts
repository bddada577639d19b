/* eslint-disable @typescript-eslint/no-explicit-any -- whatever an application gives to `query` */

/**
 * The SQL of whatever may be given to `query`: a text, a config, a cursor, a stream; that of a prepared statement
 * whose text was sent before. Undefined where there is none or reading it throws.
 */
export function queryText(config: any, client?: any): unknown {
  if (typeof config === 'string') return config;
  try {
    return config?.text ?? config?.cursor?.text ?? client?.connection?.parsedStatements?.[config?.name];
  } catch {
    return undefined;
  }
}
