/** Endpoints whose path names the model. */
import type { Endpoint } from '../types.js';

/** An application calls few models; junk beyond it only empties the memory. */
const MAX_REMEMBERED = 200;

/** The model of a call is the one its path names, until the request or the answer names one. */
function named(endpoint: Endpoint, model: string): Endpoint {
  return {
    ...endpoint,
    readRequest(body, facts) {
      facts.requestModel = model;
      endpoint.readRequest(body, facts);
    },
  };
}

/** Gives the same endpoint for the same model again, so that what is known of an endpoint (failing readers) stays known. */
export function namedEndpoints(): (endpoint: Endpoint, model: string) => Endpoint {
  const known = new Map<string, Endpoint>();
  return (endpoint, model) => {
    const key = `${endpoint.provider} ${endpoint.operation} ${endpoint.feature} ${model}`;
    let found = known.get(key);
    if (found === undefined) {
      if (known.size >= MAX_REMEMBERED) known.clear();
      found = named(endpoint, model);
      known.set(key, found);
    }
    return found;
  };
}
