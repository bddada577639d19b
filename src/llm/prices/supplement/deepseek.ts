/** DeepSeek, whose prices change with the hour. */
import { rows, type SupplementFamily, type SupplementRow } from './types.js';

/** 9 to 12 and 14 to 18 in Beijing, on weekdays. Public holidays there are off-peak too; we do not know them. */
const peak = {
  days: [1, 2, 3, 4, 5],
  hours: [
    [1, 4],
    [6, 10],
  ],
  times: 2,
} as const;

const offPeak = rows(
  { source: 'https://api-docs.deepseek.com/quick_start/pricing', date: '2026-11-15' },
  {
    'deepseek-flash': [0.15, 0.003, 0.6],
    // Old names, answered by the same model.
    'deepseek-v4-flash': [0.15, 0.003, 0.6],
    'deepseek-v4-flash-vision-exp': [0.15, 0.003, 0.6],
    'deepseek-v4-pro': [0.66, 0.022, 1.98],
  },
);

export const DEEPSEEK: SupplementFamily = {
  models: Object.fromEntries(
    Object.entries(offPeak).map(([id, row]): [string, SupplementRow] => [id, { ...row, peak }]),
  ),
};
