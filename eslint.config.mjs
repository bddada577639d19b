// The house's laws, as lint rules. What each is for stands in docs/design.md.
import tseslint from 'typescript-eslint';

const only = (name, where) => ({ selector: name, message: where });
const PROCESS_ENV = only(
  "MemberExpression[object.name='process'][property.name='env']",
  'process.env is read in src/config.ts only',
);
const CONSOLE = [
  only("MemberExpression[object.name='console']", 'we write to the host in src/log.ts only'),
  only(
    "MemberExpression[object.object.name='process'][object.property.name=/^(stdout|stderr)$/]",
    'we write to the host in src/log.ts only',
  ),
];
const INSTRUMENTS = only(
  'CallExpression[callee.property.name=/^create(Counter|Histogram|Gauge|UpDownCounter|Observable.*)$/]',
  'instruments are made in src/metrics only',
);
const OR_DEFAULT = only(
  "LogicalExpression[operator='||'][right.type='Literal'][right.value!=false][right.value!=true]",
  'use ?? for defaults: 0 and the empty string are values',
);
const DYNAMIC_CODE = only(
  "NewExpression[callee.name='Function']",
  'no code from strings: hosts may forbid it',
);
const laws = (...except) => ({
  'no-restricted-syntax': [
    'error',
    ...[PROCESS_ENV, ...CONSOLE, INSTRUMENTS, OR_DEFAULT, DYNAMIC_CODE].filter(
      (law) => !except.includes(law),
    ),
  ],
});
const HOST_LIBRARIES = '^(express|pg|pg-[a-z-]+|openai)(/|$)';
const PURE = [
  'node:*',
  '@opentelemetry/*',
  '@pydantic/*',
  'jose',
  '**/config.js',
  '**/log.js',
  '**/guard.js',
  '**/context.js',
  '**/hook/*',
];
const GRAFANA = ['**/grafana/**', '**/cli/**'];
const imports = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': [
    'error',
    { patterns: patterns.map((group) => ({ allowTypeImports: true, ...group })) },
  ],
});
const hosts = { regex: HOST_LIBRARIES, message: 'instrumented libraries are imported as types only' };
const runtime = { group: GRAFANA, message: 'the runtime never imports dashboards or the CLI' };

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      'test/compat/*/node_modules/**',
      'test/compat/*/.cache/**',
      'bench/node_modules/**',
      'test/fixtures/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-require-imports': 'off', // heavy dependencies are loaded on first use
      '@typescript-eslint/no-unsafe-function-type': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      ...laws(),
      ...imports(hosts, runtime),
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 260, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': [
        'error',
        { max: 120, skipBlankLines: true, skipComments: true, IIFEs: true },
      ],
    },
  },
  { files: ['src/cli/**'], rules: imports(hosts) },
  { files: ['src/hook/**'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
  { files: ['src/config.ts'], rules: laws(PROCESS_ENV) },
  { files: ['src/log.ts'], rules: laws(...CONSOLE) },
  { files: ['src/metrics/**'], rules: laws(INSTRUMENTS) },
  {
    files: ['src/**/measure.ts', 'src/llm/providers/**'],
    rules: imports(hosts, runtime, { group: PURE, message: 'pure: values in, values out' }),
  },
  {
    files: ['test/**', 'examples/**', 'bench/**', 'scripts/**'],
    rules: { '@typescript-eslint/no-explicit-any': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
