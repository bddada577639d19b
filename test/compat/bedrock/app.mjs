// An ESM application with AWS's SDK over HTTP/2: one answer, one stream, one refusal. Prints what it got.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';

const client = new BedrockRuntimeClient({
  region: 'eu-west-3',
  endpoint: process.env.APP_ENDPOINT,
  maxAttempts: 1,
  credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
});
const modelId = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const messages = [{ role: 'user', content: [{ text: 'Hé' }] }];

const sent = client.send(new ConverseCommand({ modelId, messages }));
console.log(sent.constructor === Promise, (await sent).output.message.content[0].text);
const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages }));
for await (const event of stream) console.log(...Object.keys(event));
await client.send(new ConverseCommand({ modelId: 'none', messages })).catch(({ name }) => console.log(name));
client.destroy();
