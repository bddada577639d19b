/** Every database driver we know how to listen to. Each hook waits for its library to load; none loads one. */
import type { Hook } from '../context.js';
import { hookPg } from './pg.js';

export const DATABASE_HOOKS: readonly Hook[] = [hookPg];
