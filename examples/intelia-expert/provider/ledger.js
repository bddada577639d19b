/**
 * What the provider bills. The prices are written down here from the provider's public list, apart from the
 * price table that @intelia/otel uses: two sources that agree say more than one that agrees with itself.
 */
'use strict';

/**
 * US dollars per million tokens (`characters`: per million characters), standard tier, as listed on
 * https://platform.openai.com/docs/pricing. `answers` is the snapshot the API names in its answers.
 */
const MODELS = {
  'gpt-4o': { answers: 'gpt-4o-2024-08-06', input: 2.5, cached: 1.25, output: 10 },
  'gpt-4o-mini': { answers: 'gpt-4o-mini-2024-07-18', input: 0.15, cached: 0.075, output: 0.6 },
  'gpt-5-mini': { answers: 'gpt-5-mini-2025-08-07', input: 0.25, cached: 0.025, output: 2, reasons: true },
  'text-embedding-3-small': { answers: 'text-embedding-3-small', input: 0.02 },
  'tts-1': { answers: 'tts-1', characters: 15 },
};

/** The listed model of a name or a snapshot of it; undefined for a model that this provider does not have. */
function findModel(name) {
  if (Object.hasOwn(MODELS, name)) return { id: name, ...MODELS[name] };
  const found = Object.entries(MODELS).find(([, model]) => model.answers === name);
  return found && { id: found[0], ...found[1] };
}

/** Cached tokens are a subset of the prompt's and cost less; reasoning tokens are billed as output. */
function priceOf(model, usage) {
  const cached = usage.cached ?? 0;
  const perMillion =
    ((usage.prompt ?? 0) - cached) * (model.input ?? 0) +
    cached * (model.cached ?? 0) +
    (usage.completion ?? 0) * (model.output ?? 0) +
    (usage.characters ?? 0) * (model.characters ?? 0);
  return perMillion / 1e6;
}

/**
 * One line for each request that reached the provider, however it ended. Only an answer that was sent whole is
 * billed. (The real API also bills what it had generated when a client hung up; it tells nobody how much.)
 */
function createLedger({ billExtra = 0 } = {}) {
  const lines = [];
  return {
    lines,
    /** `outcome`: `ok`, an HTTP status as text, `reset` (connection cut) or `hung_up` (the client left). */
    write({ endpoint, model, outcome, usage = {}, retry = false }) {
      const known = findModel(model);
      const billed = outcome === 'ok' ? { ...usage } : {};
      if (billed.prompt !== undefined) billed.prompt += billExtra;
      const usd = known && outcome === 'ok' ? priceOf(known, billed) : 0;
      lines.push({ endpoint, model: known?.id ?? model, outcome, usage: billed, usd, retry });
    },
  };
}

module.exports = { createLedger, findModel, priceOf };
