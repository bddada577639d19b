/** One HTTP request of one user, to its end or until the user has had enough. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

export const closeConnections = () => agent.destroy();

/**
 * `leave` tells when the user hangs up: `{ when }`, a function that gives a promise, or `{ afterEvents }` of a stream.
 * The status is then 499, which is what a server should count. `broken` is an answer that nobody meant to cut.
 * @returns {Promise<{ status: number | 'broken', text: string }>}
 */
export function exchange({ method, url, body, leave }) {
  return new Promise((resolve) => {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const req = request(url, { agent, method, headers: payload ? headers : {} });
    let left = false;
    let text = '';
    const hangUp = () => {
      left = true;
      req.destroy();
    };
    req.on('response', (res) => {
      res.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (leave?.afterEvents && !left && text.split('\n\n').length > leave.afterEvents) hangUp();
      });
      res.on('close', () => resolve({ status: left ? 499 : res.complete ? res.statusCode : 'broken', text }));
    });
    req.on('error', () => resolve({ status: left ? 499 : 'broken', text }));
    req.end(payload);
    leave?.when?.().then(hangUp);
  });
}
