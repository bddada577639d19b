/** Source: https://api-docs.deepseek.com/quick_start/pricing, 2026-11-15. Peak is twice off-peak. */
import { assertCost, listPricer, quote, testList } from '../../support/list-prices.js';

const FLASH = { input: 0.15, cached: 0.003, output: 0.6 };
const OFF_PEAK = {
  'deepseek-flash': FLASH,
  'deepseek-v4-flash': FLASH,
  'deepseek-v4-flash-vision-exp': FLASH,
  'deepseek-v4-pro': { input: 0.66, cached: 0.022, output: 1.98 },
};

describe('prices of DeepSeek', () => {
  // On a Sunday.
  testList('deepseek', OFF_PEAK);

  it('are twice as high from 01:00 to 04:00 and 06:00 to 10:00 UTC, Monday to Friday', () => {
    let now = 0;
    const pricer = listPricer(() => now);
    const usage = { promptTokens: 1e6, cachedTokens: 4e5, completionTokens: 1e5 };
    const offPeak = 0.6 * 0.66 + 0.4 * 0.022 + 0.1 * 1.98;
    const cases: [time: string, times: number][] = [
      ['2026-11-23T00:59:59Z', 1],
      ['2026-11-23T01:00:00Z', 2],
      ['2026-11-23T03:59:59Z', 2],
      ['2026-11-23T04:00:00Z', 1],
      ['2026-11-23T05:59:59Z', 1],
      ['2026-11-23T06:00:00Z', 2],
      ['2026-11-23T09:59:59Z', 2],
      ['2026-11-23T10:00:00Z', 1],
      ['2026-11-27T08:00:00Z', 2],
      ['2026-11-28T08:00:00Z', 1],
      ['2026-11-29T02:00:00Z', 1],
    ];
    for (const [time, times] of cases) {
      now = Date.parse(time);
      assertCost(
        quote({ provider: 'deepseek', model: 'deepseek-v4-pro', usage }, pricer),
        offPeak * times,
        time,
      );
    }
  });
});
