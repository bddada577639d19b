/** Prisma's client for schema.prisma, made anew. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export function generatePrisma(): void {
  execFileSync(
    process.execPath,
    [join(__dirname, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'schema.prisma'],
    {
      cwd: __dirname,
      stdio: 'ignore',
      // `generate` looks for an engine that it has no use for, and would download it.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    },
  );
}

export const TABLES = [
  'CREATE TABLE users (id int PRIMARY KEY, name varchar(20) NOT NULL)',
  'CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users)',
  "INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob')",
  'INSERT INTO orders VALUES (1, 2)',
];
