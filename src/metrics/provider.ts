/**
 * Lets every copy of `@opentelemetry/api` see our MeterProvider, whatever its version, without taking the global:
 * a copy that finds no provider registered is given ours, and an application that registers its own keeps it.
 * (The API's global can hold one provider, registered by one version: a newer copy would not see it, and an
 * application's own registration after ours would fail.) The API is not loaded unless the application loads it.
 */
import type { Meter, MeterProvider } from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import { onFileLoad } from '../hook/load.js';
import { wrapMethod } from '../hook/wrap.js';
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

/** Offers `provider` to every copy of the API, those loaded already and those to come. */
export function offerProvider(guard: Guard, provider: MeterProvider): void {
  onFileLoad(guard, '@opentelemetry/api/build/src/api/metrics.js', ({ MetricsAPI }) => {
    wrapMethod(MetricsAPI.prototype, 'getMeterProvider', (original) => {
      return function getMeterProvider(this: unknown): MeterProvider {
        const registered = original.call(this) as MeterProvider;
        return registered.constructor.name === 'NoopMeterProvider' ? provider : registered;
      };
    });
  });
}
