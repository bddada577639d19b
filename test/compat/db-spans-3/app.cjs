// The same application, where its SDK is found.
require('../db-spans/app.cjs').main(require('@opentelemetry/sdk-trace'));
