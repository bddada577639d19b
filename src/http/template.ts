/** Path patterns as one stable text: what an application wrote, never what a client sent. */

/** The text of a route's path: a string, a RegExp, or an array of them (`/a,/b`). */
export function routeTemplate(path: unknown): string {
  if (Array.isArray(path)) return path.map(routeTemplate).join(',');
  // A trailing slash tells apart nothing but links: routers match both unless told to be strict.
  return typeof path === 'string' && path.length > 1 && path.endsWith('/')
    ? path.replace(/\/+$/, '')
    : String(path);
}

/** The same of a path that handlers are mounted under: empty for `/`, which mounts nothing. */
export function mountTemplate(path: unknown): string {
  const template = routeTemplate(path);
  return template === '/' ? '' : template;
}

export function joinTemplates(mount: string, path: string): string {
  if (path === '') return mount;
  if (path === '/') return mount === '' ? '/' : mount;
  return path.startsWith('/') ? mount + path : `${mount}/${path}`;
}
