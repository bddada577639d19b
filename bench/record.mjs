// One record into a known series: a counter and a histogram with three labels and two, 100 series each.
import platformatic from '@platformatic/prom-client';
import promClient from 'prom-client';
import { loadInternals } from './lib/bundle.mjs';
import { OTEL, otelMeter, OURS, PLT, PROM, promCounter, promHistogram } from './lib/peers.mjs';
import { allocated, interleave, report } from './lib/rounds.mjs';

const SERIES = 100;
const { registry, createCatalogueMeter } = loadInternals();
const meter = createCatalogueMeter({ registry, delegate: () => undefined, warn: () => {} });
const { emit } = registry;

const COUNTER = 'intelia_http_requests_total';
const HISTOGRAM = 'intelia_http_request_duration_seconds';
const OURS_API = `${OURS}, by the OTel API`;
const buckets = [...registry.families[HISTOGRAM].buckets];
const methods = ['GET', 'POST', 'PUT', 'DELETE'];
/** Made once, as the hooks make theirs. */
const requests = Array.from({ length: SERIES }, (_, i) => ({
  method: methods[i % 4],
  endpoint: `/api/v1/things/${i >> 2}/:id`,
  status: i % 8 === 0 ? '404' : '200',
}));
const timed = requests.map(({ method, endpoint }) => ({ method, endpoint }));
const seconds = Array.from({ length: SERIES }, (_, i) => (i % 25) / 20);

// Each loop is written out: one that two contenders share is optimised for neither.
/* prettier-ignore */
function counters() {
  const labels = ['method', 'endpoint', 'status'];
  const ours = meter.createCounter(COUNTER);
  const prom = promCounter(promClient, COUNTER, labels);
  const plt = promCounter(platformatic, COUNTER, labels);
  const otel = otelMeter().createCounter(COUNTER);
  return [
    { name: OURS, run: (n) => { for (let i = 0; i < n; i++) emit(COUNTER, 1, requests[i % SERIES]); } },
    { name: OURS_API, run: (n) => { for (let i = 0; i < n; i++) ours.add(1, requests[i % SERIES]); } },
    { name: PROM, run: (n) => { for (let i = 0; i < n; i++) prom.inc(requests[i % SERIES], 1); } },
    { name: PLT, run: (n) => { for (let i = 0; i < n; i++) plt.inc(requests[i % SERIES], 1); } },
    { name: OTEL, run: (n) => { for (let i = 0; i < n; i++) otel.add(1, requests[i % SERIES]); } },
  ];
}

/* prettier-ignore */
function histograms() {
  const labels = ['method', 'endpoint'];
  const ours = meter.createHistogram(HISTOGRAM);
  const prom = promHistogram(promClient, HISTOGRAM, labels, buckets);
  const plt = promHistogram(platformatic, HISTOGRAM, labels, buckets);
  const otel = otelMeter().createHistogram(HISTOGRAM, { advice: { explicitBucketBoundaries: buckets } });
  return [
    { name: OURS, run: (n) => { for (let i = 0; i < n; i++) emit(HISTOGRAM, seconds[i % SERIES], timed[i % SERIES]); } },
    { name: OURS_API, run: (n) => { for (let i = 0; i < n; i++) ours.record(seconds[i % SERIES], timed[i % SERIES]); } },
    { name: PROM, run: (n) => { for (let i = 0; i < n; i++) prom.observe(timed[i % SERIES], seconds[i % SERIES]); } },
    { name: PLT, run: (n) => { for (let i = 0; i < n; i++) plt.observe(timed[i % SERIES], seconds[i % SERIES]); } },
    { name: OTEL, run: (n) => { for (let i = 0; i < n; i++) otel.record(seconds[i % SERIES], timed[i % SERIES]); } },
  ];
}

async function measure(title, contenders, max) {
  const times = await interleave(contenders, { iterations: 200_000 });
  const bytes = Object.fromEntries(contenders.map((each) => [each.name, allocated(each)]));
  report({
    title,
    unit: 'ns per record',
    times,
    over: PROM,
    extra: { 'bytes per record': bytes },
    marks: [
      { text: `≤ ${max} × prom-client`, of: OURS, over: PROM, max },
      { text: 'nothing allocated', of: OURS, extra: 'bytes per record', max: 0 },
    ],
  });
}

await measure('Counter, 3 labels, 100 series', counters(), 0.25);
await measure('Histogram, 2 labels, 100 series', histograms(), 0.2);
