/** What a Markdown page consists of, as far as tests of docs need it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Page {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  /** Without code blocks. */
  readonly prose: string;
  /** Inline code of the prose. */
  readonly spans: readonly string[];
  readonly headings: readonly Heading[];
  /** Targets of links, as written. */
  readonly links: readonly string[];
}

export interface CodeBlock {
  readonly lang: string;
  readonly text: string;
}

interface Heading {
  readonly level: number;
  /** What GitHub calls it in an address. */
  readonly anchor: string;
}

export const readPage = (path: string): Page => parsePage(path, readFileSync(path, 'utf8'));

/** The pages that users read. */
export const userPages = (): readonly Page[] =>
  ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
    .filter((path) => path.endsWith('.md'))
    .map(readPage);

export function parsePage(path: string, text: string): Page {
  const blocks: CodeBlock[] = [];
  const prose = text.replace(/^( *)```(\w*)\n(.*?)^\1```$/gms, (_, indent: string, lang: string, body: string) => {
    blocks.push({ lang, text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), '') });
    return '';
  }); // prettier-ignore
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|(?<![(\w])(https?:\/\/[^\s)>,`"]+)/g)];
  return {
    path,
    text,
    blocks,
    prose,
    spans: [...prose.matchAll(/`([^`\n]+(?:\n[^`\n]+)?)`/g)].map(([, code = '']) =>
      code.replace(/\s+/g, ' '),
    ),
    headings: anchored([...prose.matchAll(/^(#+) (.+)$/gm)]),
    links: links.map(([, target, bare]) => target ?? bare ?? ''),
  };
}

/** A heading's words in lower case, with hyphens; the second of the same name gets a number. */
function anchored(found: readonly RegExpMatchArray[]): readonly Heading[] {
  const seen = new Map<string, number>();
  return found.map(([, hashes = '', title = '']) => {
    const plain = title.replace(/`|\*\*|\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return { level: hashes.length, anchor: times === 0 ? slug : `${slug}-${times}` };
  });
}
