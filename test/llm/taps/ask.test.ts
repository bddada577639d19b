import assert from 'node:assert/strict';
import fc from 'fast-check';
import { askForUsage, askForUsageInBytes } from '../../../src/llm/taps/ask.js';

describe('asking for usage', () => {
  it('changes nothing but stream_options', () => {
    const cases: [string, string | undefined][] = [
      ['{"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
      [' {"stream":true, "a":1.0}', ' {"stream_options":{"include_usage":true},"stream":true, "a":1.0}'],
      ['{"stream":true,"stream_options":null , "a":1}', '{"stream":true,"stream_options":{"include_usage":true} , "a":1}'],
      ['{"stream_options": {"include_obfuscation":false} ,"stream":true}', '{"stream_options": {"include_obfuscation":false,"include_usage":true} ,"stream":true}'],
      ['{"stream":true,"stream_options":{"include_usage":false}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
      ['{"a":"\\"stream_options\\":{","b":{"stream_options":7},"stream":true,"stream_options":{}}', '{"a":"\\"stream_options\\":{","b":{"stream_options":7},"stream":true,"stream_options":{"include_usage":true}}'],
      ['{"stream":true,"stream_options":{"include_usage":true}}', undefined],
      ['{"stream":true,"stream_options":7}', undefined],
      ['{"stream":true,"stream_options":{},"stream_options":{}}', undefined],
      ['{"stream":"true"}', undefined],
      ['{"stream":false}', undefined],
      ['[]', undefined],
      ['', undefined],
    ]; // prettier-ignore
    for (const [text, want] of cases) assert.equal(askForUsage(text), want, text);
  });

  it('holds for any request', () => {
    const options = fc.option(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), { nil: null });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        options,
        fc.constantFrom(0, 1, 2),
        (body, stream_options, indent) => {
          const request = { ...body, stream: true, ...(stream_options !== null && { stream_options }) };
          const got = askForUsage(JSON.stringify(request, null, indent));
          const want = { ...request, stream_options: { ...stream_options, include_usage: true } };
          assert.deepEqual(JSON.parse(got!), JSON.parse(JSON.stringify(want)));
        },
      ),
    );
  });

  it('keeps bytes that are no UTF-8', () => {
    const body = Buffer.from('{"stream":true,"a":"\xe9\xff"}', 'latin1');
    assert.deepEqual(Buffer.from(askForUsageInBytes(body)!.slice(-body.length + 1)), body.subarray(1));
  });
});
