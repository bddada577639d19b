declare const __INTELIA_OTEL_VERSION__: string | undefined;

/** This package's version, put in by the build. */
export const VERSION =
  typeof __INTELIA_OTEL_VERSION__ === 'string' ? __INTELIA_OTEL_VERSION__ : '0.0.0-source';
