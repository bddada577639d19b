/**
 * Whether a page lets itself be shown in a frame of another site. A browser tells nobody that it refused one, and
 * Grafana Cloud, as any Grafana without `allow_embedding`, forbids it: asked first, nobody sees an empty frame.
 *
 * Never throws; false too when there is no answer within two seconds.
 */
export async function allowsFrames(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok && !response.headers.has('x-frame-options') && !refuses(response.headers);
  } catch {
    return false;
  }
}

/** Other values name the sites that may: the browser decides. */
function refuses(headers: Headers): boolean {
  return /frame-ancestors\s+'(none|self)'\s*(;|,|$)/i.test(headers.get('content-security-policy') ?? '');
}
