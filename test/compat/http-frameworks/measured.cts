// Preload of an application under test: puts the hooks in, and keeps what they count where the application finds it.
const { measured } = require('../../support/http.js') as typeof import('../../support/http.js');
const { setRoute } = require('../../../src/http/route.js') as typeof import('../../../src/http/route.js');

Object.assign(globalThis, { test: measured(), setRoute });
