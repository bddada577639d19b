// The same application, with the ES module copy of the SDK.
import * as sdk from '@opentelemetry/sdk-trace';
import { main } from '../db-spans/app.cjs';

await main(sdk);
