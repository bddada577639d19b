/** What a query in PromQL consists of, by Prometheus' own grammar. */
import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  readonly metric: string;
  /** By label: operator and value. */
  readonly matchers: ReadonlyMap<string, readonly [operator: string, value: string]>;
  /** The window as written, such as `5m`; undefined for an instant selector. */
  readonly range: string | undefined;
  /** The function that is applied to it at once. */
  readonly fn: string | undefined;
}

export interface Parsed {
  /** Where the grammar could not go on. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `on` and the like. */
  readonly grouping: readonly string[];
}

export function parsePromql(text: string): Parsed {
  const errors: string[] = [];
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  const tree = parser.parse(text);
  tree.iterate({
    enter({ node, type, from, to }) {
      const has = (name: string) => node.getChild(name);
      const slice = (at: { from: number; to: number } | null | undefined) => (at ? text.slice(at.from, at.to) : undefined);
      if (type.isError) errors.push(`${text.slice(Math.max(0, from - 15), from)}⟨${text.slice(from, to)}⟩`);
      if (type.name === 'GroupingLabels') grouping.push(...node.getChildren('LabelName').map((each) => slice(each) ?? ''));
      if (type.name !== 'VectorSelector') return;
      const matchers = (has('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => {
        const value = slice(matcher.getChild('StringLiteral')) ?? '""';
        return [slice(matcher.getChild('LabelName')) ?? '', [slice(matcher.getChild('MatchOp')) ?? '', JSON.parse(value) as string]] as const;
      });
      let outer = node.parent;
      let range: string | undefined;
      while (outer && ['MatrixSelector', 'OffsetExpr', 'FunctionCallArgs', 'FunctionCallBody'].includes(outer.name)) {
        if (outer.name === 'MatrixSelector') range = slice(outer.getChild('NumberDurationLiteralInDurationContext')) ?? /\[(.*)\]/.exec(slice(outer) ?? '')?.[1];
        outer = outer.parent;
      }
      const fn = outer?.name === 'FunctionCall' ? slice(outer.getChild('FunctionIdentifier')) : undefined;
      selectors.push({ metric: slice(has('Identifier')) ?? '', matchers: new Map(matchers), range, fn });
    },
  }); // prettier-ignore
  return { errors, selectors, grouping };
}
