/** The dashboards as Grafana gets them: dashboard-linter's rules, and what a reader sees. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dashboardFiles, type JsonOptions } from '../../src/grafana/json.js';
import { COLUMNS, type GridPos } from '../../src/grafana/layout.js';
import { substitute } from '../../src/grafana/promql.js';
import { parsePromql } from '../support/promql.js';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly interval: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly refId: string;
  readonly datasource: { readonly uid: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: GridPos;
  readonly interval?: string;
  readonly timeFrom?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly Target[];
  readonly links?: readonly { readonly url: string }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit: string; readonly noValue: string; readonly thresholds: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] } };
    readonly overrides: readonly { readonly matcher: { readonly options: string } }[];
  };
  readonly options?: { readonly legend?: { readonly displayMode: string; readonly calcs: readonly string[] } };
} // prettier-ignore
interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly query: unknown;
  readonly definition?: string;
  readonly datasource?: { readonly uid: string };
  readonly multi: boolean;
  readonly allValue?: string;
  readonly refresh: number;
}
interface Dashboard {
  readonly __inputs?: readonly { readonly name: string }[];
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly refresh: string;
  readonly links: readonly { readonly type: string; readonly asDropdown: boolean; readonly tags: readonly string[] }[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
} // prettier-ignore

/** dashboard-linter's list, which is Grafana's, as far as we use it. */
const UNITS = new Set(['currencyUSD', 's', 'reqps', 'percentunit', 'short', 'bytes', 'none']);
const VARIANTS: Readonly<Record<string, JsonOptions>> = {
  dashboards: {},
  'dashboards/fr': { lang: 'fr' },
  'dashboards/embed': { embed: true },
};
const read = (options: JsonOptions): readonly Dashboard[] =>
  dashboardFiles(options).map(({ text }) => JSON.parse(text) as Dashboard);
const queried = ({ panels }: Dashboard): readonly Panel[] =>
  panels.filter(({ type }) => type !== 'row' && type !== 'alertlist');

for (const [folder, options] of Object.entries(VARIANTS)) {
  describe(`dashboards in ${folder}`, () => {
    const all = read(options);
    const each = (test: (dashboard: Dashboard) => void) => () => all.forEach(test);
    const { embed = false, lang = 'en' } = options;

    it('are the ones that are committed', () => {
      const files = dashboardFiles(options);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.endsWith('.json')),
        files.map(({ name }) => name).sort(),
      );
      for (const { name, text } of files)
        assert.equal(readFileSync(`${folder}/${name}`, 'utf8'), text, `${folder}/${name}: npm run generate`);
    });

    it('are Classic JSON with a uid for good', () => {
      assert.ok(all.every(({ schemaVersion }) => schemaVersion === 42));
      const suffix = embed ? '-embed' : lang === 'fr' ? '-fr' : '';
      assert.deepEqual(
        all.map(({ uid }) => uid),
        ['executive-summary', 'llm-costs', 'llm-operations', 'business-kpis', 'api-performance', 'technical-health']
          .map((id) => `intelia-${id}${suffix}`),
      ); // prettier-ignore
    });

    it('have ids of panels that are theirs alone', each(({ panels }) => {
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      for (const { id } of panels) assert.ok(Number.isInteger(id) && id > 0 && id < 2 ** 31);
    })); // prettier-ignore

    it('have panels with a title, a description, a unit, a text for no value and targets', each((dashboard) => {
      for (const panel of queried(dashboard)) {
        assert.ok(panel.title.length > 0 && panel.description.length > 20, panel.title);
        assert.ok(UNITS.has(panel.fieldConfig?.defaults.unit ?? ''), panel.title);
        assert.ok((panel.fieldConfig?.defaults.noValue ?? '').length > 0, panel.title);
        assert.ok((panel.targets ?? []).length > 0, panel.title);
        for (const { legendFormat, instant, range } of panel.targets ?? []) {
          assert.ok(legendFormat.length > 0, panel.title);
          assert.equal(instant, !range);
        }
      }
      for (const panel of dashboard.panels) assert.ok(panel.title.length > 0);
    })); // prettier-ignore

    it('ask one data source, each query at most once a minute', each((dashboard) => {
      const uid = embed ? '${DS_PROMETHEUS}' : '${datasource}';
      for (const { datasource, targets = [], interval } of queried(dashboard)) {
        assert.deepEqual(datasource, { type: 'prometheus', uid });
        for (const target of targets) {
          assert.deepEqual(target.datasource, { type: 'prometheus', uid });
          assert.match(target.interval, /^(1m|1h|1d)$/);
          assert.equal(interval, target.interval);
        }
      }
    })); // prettier-ignore

    it('have queries that Prometheus understands, with the variables in every selector', each((dashboard) => {
      for (const { targets = [] } of queried(dashboard)) {
        assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
        for (const { expr } of targets) {
          assert.deepEqual(parsePromql(substitute(expr, { range: '7d', rateInterval: '4m' })).errors, [], expr);
          for (const { matchers } of parsePromql(expr).selectors) {
            const [job, instance] = [matchers.get('job'), matchers.get('instance')];
            assert.deepEqual(job, embed ? undefined : ['=~', '$job'], expr);
            assert.deepEqual(instance, embed ? undefined : ['=~', '$instance'], expr);
          }
        }
      }
    })); // prettier-ignore

    it('fit the grid, no panel over another, rows in order', each(({ panels }) => {
      const taken = new Set<string>();
      let lastRow = -1;
      for (const { gridPos: { x, y, w, h }, type, title } of panels) {
        assert.ok(x >= 0 && w > 0 && h > 0 && x + w <= COLUMNS, title);
        for (let cell = 0; cell < w * h; cell++) {
          const key = `${x + (cell % w)},${y + Math.floor(cell / w)}`;
          assert.ok(!taken.has(key), `${title} lies over another`);
          taken.add(key);
        }
        if (type !== 'row') continue;
        assert.ok(y > lastRow, title);
        assert.deepEqual([x, w, h], [0, COLUMNS, 1]);
        lastRow = y;
      }
      const lines = new Set([...taken].map((key) => Number(key.split(',')[1])));
      assert.equal(Math.max(...lines) + 1, lines.size, 'no line is empty');
    })); // prettier-ignore

    it('begin with tiles, most of them with thresholds', each(({ panels }) => {
      const second = panels.findIndex(({ type }, i) => type === 'row' && i > 0);
      const tiles = panels.slice(1, second);
      assert.equal(panels[0]?.type, 'row');
      assert.ok(tiles.length >= 6 && tiles.every(({ type }) => type === 'stat' || type === 'gauge'));
      const steps = tiles.map(({ fieldConfig }) => fieldConfig?.defaults.thresholds.steps.length ?? 0);
      assert.ok(steps.filter((count) => count > 1).length >= 2);
    })); // prettier-ignore

    it('have thresholds that rise from the lowest', each((dashboard) => {
      for (const { fieldConfig, title } of queried(dashboard)) {
        const [first, ...rest] = fieldConfig?.defaults.thresholds.steps ?? [];
        assert.equal(first?.value, null, title);
        const values = rest.map(({ value }) => value ?? NaN);
        assert.deepEqual(values, [...new Set(values)].sort((a, b) => a - b), title);
      }
    })); // prettier-ignore

    it('colour only series that a legend names', each((dashboard) => {
      for (const { fieldConfig, targets = [] } of queried(dashboard)) {
        const names = targets.map(({ legendFormat }) => legendFormat);
        for (const { matcher } of fieldConfig?.overrides ?? []) assert.ok(names.includes(matcher.options));
      }
    })); // prettier-ignore

    it('have a table for a legend where a label makes the series', each((dashboard) => {
      for (const { type, targets = [], options: { legend } = {}, title } of queried(dashboard)) {
        if (type !== 'timeseries') continue;
        const isMany = targets.some(({ legendFormat }) => legendFormat.includes('{{'));
        assert.equal(legend?.displayMode, isMany ? 'table' : 'list', title);
        if (isMany) assert.ok((legend?.calcs ?? []).length > 0, title);
      }
    })); // prettier-ignore

    it('show only labels that the query keeps', each((dashboard) => {
      for (const { targets = [] } of queried(dashboard)) {
        for (const { legendFormat, expr } of targets) {
          const kept = parsePromql(expr).grouping;
          for (const [, label = ''] of legendFormat.matchAll(/{{(\w+)}}/g)) assert.ok(kept.includes(label), expr);
        }
      }
    })); // prettier-ignore

    if (embed) {
      it('have no variable, link or list of alerts, and ask for the data source at import', each((dashboard) => {
        assert.deepEqual([dashboard.templating.list, dashboard.links], [[], []]);
        assert.deepEqual(dashboard.__inputs?.map(({ name }) => name), ['DS_PROMETHEUS']);
        assert.ok(dashboard.panels.every(({ links, type }) => links === undefined && type !== 'alertlist'));
        const text = JSON.stringify(dashboard).replaceAll('${DS_PROMETHEUS}', '');
        assert.deepEqual(text.match(/\$(?!__range|__rate_interval|\d)[\w{]+/g), null);
      })); // prettier-ignore
      return;
    }

    it('can be told apart by data source, job and instance', each(({ templating: { list } }) => {
      assert.deepEqual(list.map(({ name, type }) => [name, type]), [['datasource', 'datasource'], ['job', 'query'], ['instance', 'query']]);
      const [source, ...labels] = list;
      assert.equal(source?.query, 'prometheus');
      assert.equal(source?.label, lang === 'en' ? 'Data source' : 'Source de données');
      for (const { label, name, datasource, multi, allValue, refresh, definition } of labels) {
        assert.equal(label.toLowerCase(), name);
        // dashboard-linter wants `.+`, which matches nothing where the way to the backend gives no such label.
        assert.deepEqual([datasource?.uid, multi, allValue, refresh], ['${datasource}', true, '.*', 2]);
        const [, selector = ''] = /^label_values\((.*), \w+\)$/.exec(definition ?? '') ?? [];
        assert.deepEqual(parsePromql(selector).errors, []);
      }
    })); // prettier-ignore

    it('lead to each other', each(({ links, tags, panels, uid }) => {
      assert.equal(links.length, 1);
      assert.deepEqual([links[0]?.type, links[0]?.asDropdown], ['dashboards', true]);
      assert.ok(links[0]?.tags.every((tag) => tags.includes(tag)));
      const uids = all.map((dashboard) => dashboard.uid);
      for (const { url } of panels.flatMap((panel) => panel.links ?? [])) {
        const [, to = ''] = /^\/d\/([\w-]+)\?\$\{__url_time_range\}&\$\{__all_variables\}$/.exec(url) ?? [];
        assert.ok(uids.includes(to) && to !== uid, url);
      }
    })); // prettier-ignore
  });
}

describe('dashboards in two languages', () => {
  const [english, french] = [read({}), read({ lang: 'fr' })];

  it('are the same but for the words', () => {
    const bare = (dashboards: readonly Dashboard[]) =>
      dashboards.map(({ panels }) => panels.map(({ id, gridPos, targets }) => [id, gridPos, targets?.map(({ expr }) => expr)]));
    assert.deepEqual(bare(french), bare(english));
  }); // prettier-ignore

  it('are translated: every description, and every title but for names', () => {
    const same = english.flatMap(({ panels }, i) =>
      panels.flatMap(({ title, description }, j) => {
        const other = french[i]?.panels[j];
        assert.ok(description === undefined || description !== other?.description, title);
        return title === other?.title ? [title] : [];
      }),
    );
    assert.deepEqual([...new Set(same)].sort(), ['API', 'CPU', 'Questions', 'Uptime']);
  });

  it('have a data source of their own when it is named', () => {
    const [first] = read({ embed: true, datasource: 'grafanacloud-prom' });
    assert.equal(first?.__inputs, undefined);
    assert.ok(first?.panels.every(({ datasource }) => (datasource?.uid ?? 'grafanacloud-prom') === 'grafanacloud-prom'));
  }); // prettier-ignore
});
