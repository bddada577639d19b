/** Our MeterProvider: the catalogue's meter, and the SDK's for every other name. */
import type { Meter, MeterProvider } from '@opentelemetry/api';
import { createCatalogueMeter } from './meter.js';
import type { Registry } from './registry.js';

/** The meter whose instruments are the catalogue's. */
export const METER_NAME = 'intelia';

export interface ProviderOptions {
  readonly registry: Registry;
  readonly foreign: () => MeterProvider;
  readonly warn: (key: string, line: string) => void;
}

export function createProvider({ registry, foreign, warn }: ProviderOptions): MeterProvider {
  let own: Meter | undefined;
  return {
    getMeter(name, version, options) {
      if (name !== METER_NAME) return foreign().getMeter(name, version, options);
      own ??= createCatalogueMeter({
        registry,
        warn,
        delegate: () => foreign().getMeter(METER_NAME, version, options),
      });
      return own;
    },
  };
}
