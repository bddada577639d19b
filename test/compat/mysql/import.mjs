// An ES module application with all three drivers; prints what measured.cts has counted.
import mariadb, { createPool } from 'mariadb';
import * as callbacks from 'mariadb/callback';
import mysql from 'mysql';
import mysql2, { createPool as createPool2 } from 'mysql2/promise';

const { test } = globalThis;
const options = JSON.parse(process.argv[2]);
const told = {};
const tell = (driver) => {
  told[driver] = [test.counted(), test.inUse(`127.0.0.1:${options.port}/`)];
};

const pool2 = createPool2(options);
await pool2.query('SELECT 1 FROM users');
const connection2 = await mysql2.createConnection(options);
await connection2.execute('SELECT 2 FROM users');
tell('mysql2');
await connection2.end();
await pool2.end();

const connection1 = mysql.createConnection(options);
await new Promise((resolve) => connection1.query('SELECT 3 FROM users', resolve));
connection1.destroy();
tell('mysql');

const pool = createPool({ ...options, database: 'one', connectionLimit: 1 });
const held = await pool.getConnection();
await held.query('SELECT 4 FROM shop.users');
const connection = await mariadb.createConnection(options);
await connection.query('SELECT * FROM missing').catch(() => {});
const raw = callbacks.createConnection(options);
await new Promise((resolve) => raw.query('SELECT 5 FROM users', resolve));
tell('mariadb');
raw.destroy();
await connection.end();
await held.release();
await pool.end();

process.stdout.write(JSON.stringify(told));
if (test.errors.length + test.warnings.length > 0) throw new Error([...test.errors, ...test.warnings].join());
