/** The templates of the layers in Express' routers: found once, kept on the layer. */
/* eslint-disable @typescript-eslint/no-explicit-any -- the insides of two generations of Express' router */
import { joinTemplates, mountTemplate, routeTemplate } from './template.js';

/** Of a layer: its mount path as given to `use`, and its template below the mount it was last met under. */
const PATH = Symbol('intelia.express.path');
const JOINED = Symbol('intelia.express.joined');

/** Remembers the path that these layers were mounted under; `first` is the first argument of `use`. */
export function tagMounts(layers: any[], first: unknown): void {
  const path = mountTemplate(givenPath(first));
  for (const layer of layers) layer[PATH] = path;
}

/** The layer's template below a mount; nearly every layer is only ever met under one. */
export function below(mount: string, layer: any): string {
  const last = layer[JOINED];
  if (last !== undefined && last.mount === mount) return last.joined;
  const own = layer.route === undefined ? pathOf(layer) : routeTemplate(layer.route.path);
  const joined = joinTemplates(mount, own);
  layer[JOINED] = { mount, joined };
  return joined;
}

/** The mount path of a layer that is no route; empty for `/` and for the handlers inside a route. */
export function pathOf(layer: any): string {
  return (layer[PATH] ??= untaggedPath(layer));
}

/** Of a layer made before we came: router 2.3 remembers the path, others only whether it was `/`. */
function untaggedPath(layer: any): string {
  if (layer.rawPath !== undefined) return mountTemplate(layer.rawPath);
  const atRoot = 'method' in layer || layer.slash === true || layer.regexp?.fast_slash === true;
  return atRoot ? '' : '/*';
}

/** `use` takes an optional path before its handlers, which may come in arrays. */
function givenPath(first: unknown): unknown {
  let probe = first;
  while (Array.isArray(probe) && probe.length > 0) probe = probe[0];
  return typeof probe === 'function' ? '/' : first;
}
