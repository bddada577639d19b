import { EventStreamCodec } from '@smithy/core/event-streams';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import type * as Sdk from '@aws-sdk/client-bedrock-runtime';
import { useCodec } from './bedrock-server.js';
import { bedrockCases } from './cases.js';

useCodec(EventStreamCodec);
const sdk = require('@aws-sdk/client-bedrock-runtime') as typeof Sdk;

describe('Bedrock', () => {
  bedrockCases({
    sdk,
    load: () => import('@aws-sdk/client-bedrock-runtime'),
    Http2Handler: NodeHttp2Handler,
    HttpHandler: NodeHttpHandler,
    FetchHandler: FetchHttpHandler,
    itself: 'h2',
  });
});
