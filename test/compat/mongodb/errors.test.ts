/** A failed command of MongoDB's driver is one `db_error`, also by mongoose; writes that failed in part are one too. */
import type { ChildServer } from '../../support/child-server.js';
import { assertErrors } from '../../support/error-totals.js';
import { startMongoJava } from '../../support/mongo.js';

/** Each sends one command that succeeds and one that fails, and handles that. */
const DRIVERS = {
  'mongodb, a command that is not there': `
    const client = await new (require('mongodb').MongoClient)(url).connect();
    await client.db('shop').collection('users').find().toArray();
    await client.db('shop').command({ boom: 1 }).catch(() => {});
    await client.close();`,
  'mongodb, a key twice': `
    const client = await new (require('mongodb').MongoClient)(url).connect();
    await client.db('shop').collection('keys').insertOne({ _id: 1 });
    await client.db('shop').collection('keys').insertMany([{ _id: 1 }, { _id: 2 }], { ordered: false }).catch(() => {});
    await client.close();`,
  'mongoose': `
    const mongoose = require('mongoose');
    await mongoose.connect(url, { autoIndex: false, autoCreate: false });
    const User = mongoose.model('User', new mongoose.Schema({ _id: Number }));
    await User.create({ _id: 1 });
    await User.create({ _id: 1 }).catch(() => {});
    await mongoose.disconnect();`,
}; // prettier-ignore

describe('errors of MongoDB drivers, from the door', () => {
  let mongo: ChildServer;
  before(async function () {
    mongo = await startMongoJava(this);
  });
  after(() => mongo?.stop());

  for (const [name, app] of Object.entries(DRIVERS)) {
    it(name, () => {
      const code = `const url = 'mongodb://127.0.0.1:${mongo.port}'; (async () => {${app}})();`;
      return assertErrors({ code, cwd: __dirname }, { 'db_error error': 1 });
    });
  }
});
