/**
 * Azure OpenAI, Global Standard. Source: https://prices.azure.com/api/retail/prices (productName with OpenAI), as read 2026-08-05,
 * and 2026-10-03 for GPT-5.6; a batch is half. Data Zone and regional deployments cost more, which no answer tells.
 * Not confirmed: Azure's own price of `priority`; it is taken to be OpenAI's.
 */
import { testList } from '../../support/list-prices.js';

describe('prices of Azure', () => {
  testList(
    'azure',
    {
      'gpt-5.5': { input: 5, cached: 0.5, output: 30 },
      'gpt-5.4': { input: 2.5, cached: 0.25, output: 15 },
      'gpt-5.4-mini': { input: 0.75, cached: 0.075, output: 4.5 },
      'gpt-5.4-nano': { input: 0.2, cached: 0.02, output: 1.25 },
      'gpt-5.2': { input: 1.75, cached: 0.175, output: 14 },
      'gpt-5.1': { input: 1.25, cached: 0.125, output: 10 },
      'gpt-5-2025-08-07': { input: 1.25, cached: 0.125, output: 10 },
      'gpt-5-mini-2025-08-07': { input: 0.25, cached: 0.025, output: 2 },
      'gpt-5-nano': { input: 0.05, cached: 0.005, output: 0.4 },
      'gpt-4.1-2025-04-14': { input: 2, cached: 0.5, output: 8 },
      'gpt-4.1-mini': { input: 0.4, cached: 0.1, output: 1.6 },
      'gpt-4.1-nano': { input: 0.1, cached: 0.025, output: 0.4 },
      'gpt-4o-2024-08-06': { input: 2.5, cached: 1.25, output: 10 },
      'gpt-4o-mini': { input: 0.15, cached: 0.075, output: 0.6 },
      o1: { input: 15, cached: 7.5, output: 60 },
      'o3-2025-04-16': { input: 2, cached: 0.5, output: 8 },
      'o3-mini': { input: 1.1, cached: 0.55, output: 4.4 },
      'o4-mini-2025-04-16': { input: 1.1, cached: 0.275, output: 4.4 },
      'gpt-5.6-sol': { input: 4, cached: 0.4, output: 20 },
      'gpt-5.6-terra': { input: 2, cached: 0.2, output: 12 },
      'gpt-5.6-luna': { input: 0.2, cached: 0.02, output: 1.2 },
    },
    { default: 1, batch: 0.5 },
  );
});
