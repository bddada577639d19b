/** The tools that OpenAI runs while it makes a response, as far as it charges them by the call. */
import type { CallFacts } from '../types.js';
import { addUsage, count, list, object, type Json } from './read.js';

/**
 * `tool_usage.web_search.num_requests` are the searches that are billed. Where a response does not have it, they are the
 * calls whose action was a search: to open a page or to look in it is free. Each call of file search is billed. Sources:
 * https://developers.openai.com/api/docs/guides/tools-web-search, the types of openai 7.57.
 */
export function readTools(response: Json, facts: CallFacts): void {
  const output = list(response['output']).map(object);
  const used = object(object(response['tool_usage'])?.['web_search']);
  const searches = count(used?.['num_requests']) ?? output.filter(isSearch).length;
  const fileSearches = output.filter(
    (item) => item?.['type'] === 'file_search_call' && !hasFailed(item),
  ).length;
  // None says nothing: a stream's first events have an empty output.
  addUsage(facts, {
    webSearches: searches > 0 ? searches : undefined,
    fileSearches: fileSearches > 0 ? fileSearches : undefined,
  });
}

function isSearch(item: Json | undefined): boolean {
  return (
    item?.['type'] === 'web_search_call' && object(item['action'])?.['type'] === 'search' && !hasFailed(item)
  );
}

const hasFailed = (item: Json): boolean => item['status'] === 'failed';
