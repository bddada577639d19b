/**
 *   node --experimental-websocket --require @intelia/otel/register examples/realtime-voice.js
 *
 * What a conversation by voice costs, response by response. It talks to a model of our own on loopback, which bills
 * nothing; with the real one only the URL and the key differ. (Node 22 and later have WebSocket without the flag;
 * the `ws` package, OpenAI's own clients and the Agents SDK are measured just the same.)
 */
'use strict';

const { withLlmFeature } = require('@intelia/otel');
const { startVoice } = require('./intelia-expert/provider/voice.js');

/** Half a second of silence: 24 kHz, 16 bit, one channel. */
const SILENCE = Buffer.alloc(24_000).toString('base64');

async function main() {
  const local = await startVoice();
  const socket = new WebSocket(`${local.url}/realtime?model=gpt-realtime-mini`);
  const send = (type, more) => socket.send(JSON.stringify({ type, ...more }));
  const heard = (type) =>
    new Promise((resolve) => {
      const listen = ({ data }) => {
        if (JSON.parse(data).type !== type) return;
        socket.removeEventListener('message', listen);
        resolve();
      };
      socket.addEventListener('message', listen);
    });
  await heard('session.created');

  // What the user says is written down by a second model, with a price of its own.
  send('session.update', {
    session: { audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } },
  });
  send('input_audio_buffer.append', { audio: SILENCE });
  send('input_audio_buffer.commit');

  // `voice_realtime`, as every response of a session.
  send('response.create');
  await heard('response.done');

  // `hotline`: the second turn hears the first one again, from the cache.
  withLlmFeature('hotline', () => send('response.create'));
  await heard('response.done');

  // The user interrupts: what was said until then is paid for.
  send('response.create');
  await heard('response.output_audio.delta');
  send('response.cancel');
  await heard('response.done');
  socket.close();

  await printMetrics(/^intelia_llm_(cost_usd|tokens|cached_tokens|requests)_total/);
  local.close();
}

/** As a scraper would see it. The first scrape shows a new series as 0, so that `increase()` sees it grow. */
async function printMetrics(wanted) {
  const metrics = `http://127.0.0.1:${process.env.OTEL_EXPORTER_PROMETHEUS_PORT ?? 9464}/metrics`;
  await fetch(metrics);
  const text = await (await fetch(metrics)).text();
  console.log(text.split('\n').filter((line) => wanted.test(line)).join('\n')); // prettier-ignore
}

void main();

/* Prints:
intelia_llm_tokens_total{model="gpt-4o-transcribe",type="prompt"} 40
intelia_llm_tokens_total{model="gpt-4o-transcribe",type="completion"} 9
intelia_llm_tokens_total{model="gpt-realtime-mini",type="prompt"} 1200
intelia_llm_tokens_total{model="gpt-realtime-mini",type="completion"} 696
intelia_llm_cost_usd_total{model="gpt-4o-transcribe",feature="voice_realtime"} 0.00019
intelia_llm_cost_usd_total{model="gpt-realtime-mini",feature="voice_realtime"} 0.0091768
intelia_llm_cost_usd_total{model="gpt-realtime-mini",feature="hotline"} 0.004556
intelia_llm_requests_total{model="gpt-4o-transcribe",status="success"} 1
intelia_llm_requests_total{model="gpt-realtime-mini",status="success"} 2
intelia_llm_requests_total{model="gpt-realtime-mini",status="cancelled"} 1
intelia_llm_cached_tokens_total{model="gpt-realtime-mini"} 960
*/
