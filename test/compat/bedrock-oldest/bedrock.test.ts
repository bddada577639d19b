// The first year with Converse: by itself it speaks HTTP/1.
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import type * as Sdk from '@aws-sdk/client-bedrock-runtime';
import { useCodec } from '../bedrock/bedrock-server.js';
import { bedrockCases } from '../bedrock/cases.js';

useCodec(EventStreamCodec as never);
const sdk = require('@aws-sdk/client-bedrock-runtime') as typeof Sdk;

describe('Bedrock', () => {
  bedrockCases({
    sdk,
    load: () => import('@aws-sdk/client-bedrock-runtime'),
    Http2Handler: NodeHttp2Handler as never,
    HttpHandler: NodeHttpHandler as never,
    FetchHandler: FetchHttpHandler as never,
    itself: 'http/1.1',
  });
});
