/**
 * Who answers at a host. Names are those of the price table (@pydantic/genai-prices), so that a price is looked up
 * without another translation.
 */

/** Speaks the protocol, but we do not know who it is: a proxy, a gateway, a model server of one's own. */
export const UNKNOWN_PROVIDER = 'openai_compatible';

/** Runs models on a machine of one's own: nobody sells these calls. */
export const OLLAMA = 'ollama';
/** The port it listens at, whichever protocol is spoken there. */
const OLLAMA_PORT = ':11434';

/** One line a provider; the host itself or any host below it. */
const HOSTS = new Map(
  Object.entries({
    'api.openai.com': 'openai',
    'openai.azure.com': 'azure',
    'cognitiveservices.azure.com': 'azure',
    'services.ai.azure.com': 'azure',
    'api.anthropic.com': 'anthropic',
    'api.groq.com': 'groq',
    'api.together.xyz': 'together',
    'api.together.ai': 'together',
    'api.deepseek.com': 'deepseek',
    'api.mistral.ai': 'mistral',
    'api.x.ai': 'x-ai',
    'openrouter.ai': 'openrouter',
    'api.perplexity.ai': 'perplexity',
    'api.fireworks.ai': 'fireworks',
    'api.cerebras.ai': 'cerebras',
    'api.moonshot.ai': 'moonshotai',
    'api.novita.ai': 'novita',
    'api.voyageai.com': 'voyageai',
    'api.jina.ai': 'jina',
    'api.cohere.com': 'cohere',
    'api.cohere.ai': 'cohere',
    'ollama.com': OLLAMA,
    'generativelanguage.googleapis.com': 'google',
  }),
);

/** Bedrock has a host in each region, and speaks OpenAI's and Anthropic's protocols beside its own there. */
const BEDROCK =
  /(?:^|\.)(?:bedrock-runtime(?:-fips)?\.[a-z0-9-]+\.(?:vpce\.)?amazonaws\.com(?:\.cn)?|bedrock-mantle\.[a-z0-9-]+\.api\.aws)(?::\d+)?$/;

const names = new Set(HOSTS.values());

/** Whether calls of this provider come from a host of its own. */
export function isKnownProvider(name: string): boolean {
  return names.has(name);
}

/** Looks at the host, then at its parents: `eu.api.openai.com` is OpenAI, `mine.openai.azure.com` is Azure. */
export function providerOfHost(host: string): string {
  const colon = host.indexOf(':');
  if (colon >= 0 && host.endsWith(OLLAMA_PORT)) return OLLAMA;
  let name = colon < 0 ? host : host.slice(0, colon);
  for (;;) {
    const known = HOSTS.get(name);
    if (known !== undefined) return known;
    const dot = name.indexOf('.');
    if (dot < 0) return BEDROCK.test(host) ? 'aws' : UNKNOWN_PROVIDER;
    name = name.slice(dot + 1);
  }
}
