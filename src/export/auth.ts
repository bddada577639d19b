/** Who may read the metrics: the bearer of the configured token, or of a JWT with the role `super_admin`. */
import type * as Crypto from 'node:crypto';
import type * as Jose from 'jose' with { 'resolution-mode': 'import' };
import type { Config } from '../config.js';
import type { Log } from '../log.js';

/** Given the request's Authorization header, tells whether to answer. Never throws or rejects. */
export type Auth = (authorization: string | undefined) => boolean | Promise<boolean>;

type Check = (bearer: string) => boolean | Promise<boolean>;

export type AuthConfig = Pick<Config, 'metricsToken' | 'jwtSecret' | 'jwksUrl'>;

const ROLE = 'super_admin';
/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE = 5;
/** A public key never verifies an HMAC: whoever has it, which is everybody, could sign (algorithm confusion). */
const ASYMMETRIC = [
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
]; // prettier-ignore

/** Any configured method suffices; with none everybody may read. */
export function createAuth({ metricsToken, jwtSecret, jwksUrl }: AuthConfig, log: Log): Auth {
  const checks: Check[] = [];
  if (metricsToken !== undefined) checks.push(tokenCheck(metricsToken));
  if (jwtSecret !== undefined) checks.push(secretCheck(jwtSecret));
  if (jwksUrl !== undefined) checks.push(jwksCheck(jwksUrl, log));
  if (checks.length === 0) return () => true;
  return async (authorization) => {
    const bearer = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (bearer === undefined) return false;
    for (const check of checks) if (await check(bearer)) return true;
    return false;
  };
}

/** Hashed first: equal lengths to compare, and a time that tells nothing of either. */
function tokenCheck(token: string): Check {
  const { createHash, timingSafeEqual } = require('node:crypto') as typeof Crypto;
  const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = sha256(token);
  return (bearer) => timingSafeEqual(sha256(bearer), expected);
}

function secretCheck(secret: string): Check {
  const key = new TextEncoder().encode(secret);
  return async (bearer) => {
    if (!isJwt(bearer)) return false;
    const { jwtVerify } = await import('jose');
    return jwtVerify(bearer, key, requirements(['HS256'])).then(({ payload }) => hasRole(payload), refuse);
  };
}

function jwksCheck(url: string, log: Log): Check {
  let keys: ReturnType<typeof Jose.createRemoteJWKSet> | undefined;
  return async (bearer) => {
    if (!isJwt(bearer)) return false;
    const { createRemoteJWKSet, jwtVerify } = await import('jose');
    keys ??= createRemoteJWKSet(new URL(url));
    return jwtVerify(bearer, keys, requirements(ASYMMETRIC)).then(
      ({ payload }) => hasRole(payload),
      (error: unknown) => {
        if (isKeyTrouble(error)) {
          const host = new URL(url).host;
          log.warnOnce(
            'jwks',
            `INTELIA_METRICS_JWKS_URL: no keys from ${host}; scrapes with a JWT are refused`,
          );
        }
        return false;
      },
    );
  };
}

/** A token that never expires is refused too: it could not be taken back. */
const requirements = (algorithms: string[]): Jose.JWTVerifyOptions => ({
  algorithms,
  clockTolerance: CLOCK_TOLERANCE,
  requiredClaims: ['exp'],
});

/** Keeps `jose` unloaded, and the key server unasked, for what cannot be a JWT. */
const isJwt = (bearer: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer);

const refuse = (): boolean => false;

function hasRole({ role, roles }: Jose.JWTPayload): boolean {
  return role === ROLE || (Array.isArray(roles) && roles.includes(ROLE));
}

/** The key server's fault, and not the token's. */
function isKeyTrouble(error: unknown): boolean {
  const code = String((error as { code?: unknown } | undefined)?.code ?? '');
  return (
    !code.startsWith('ERR_J') || ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(code)
  );
}
