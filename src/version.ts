declare const __INTELIA_OTEL_VERSION__: string | undefined;
declare const __OTEL_SDK_VERSION__: string | undefined;

const UNBUILT = '0.0.0-source';

/** This package's version, put in by the build. */
export const VERSION = typeof __INTELIA_OTEL_VERSION__ === 'string' ? __INTELIA_OTEL_VERSION__ : UNBUILT;

/** The version of the OTel SDK that package.json pins, put in by the build. */
export const SDK_VERSION = typeof __OTEL_SDK_VERSION__ === 'string' ? __OTEL_SDK_VERSION__ : UNBUILT;
