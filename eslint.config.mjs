import nx from '@nx/eslint-plugin';
import checkFile from 'eslint-plugin-check-file';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';
import { depConstraints, ignoredCircularDependencies } from './tools/boundaries.mjs';

const unclearNames = '{utils,util,helpers,helper,manager,common,data,misc}';

const size = (maxLines) => ({
  'max-lines': ['error', { max: maxLines, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-params': ['error', 3],
});

const boundaries = {
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: false,
      allow: [],
      ignoredCircularDependencies,
      depConstraints,
    },
  ],
};

const types = {
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
  ],
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: false, allowNullish: false, allowRegExp: false },
  ],
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  '@typescript-eslint/consistent-type-definitions': 'off',
  // Nest declares its option bags as classes and expects literals.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  // `void` results of one-line arrow functions are this code's normal way to delegate.
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
};

const syntax = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
    { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
    { selector: 'TSExportAssignment', message: 'Use a named export.' },
    {
      selector: 'ExportNamedDeclaration > VariableDeclaration[kind="let"]',
      message: 'What is exported stays as it is: entry files pass its value on.',
    },
  ],
};

const fileNames = {
  'check-file/filename-naming-convention': [
    'error',
    { '**/*.ts': 'KEBAB_CASE' },
    { ignoreMiddleExtensions: true },
  ],
  'check-file/filename-blocklist': [
    'error',
    { [`**/${unclearNames}{,.*}.ts`]: '**/*<a-word-of-the-domain>*.ts' },
  ],
  'check-file/folder-naming-convention': ['error', { '{apps,libs,bench,e2e}/**/': 'KEBAB_CASE' }],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '**/*.{js,mjs,cjs}',
      '.nx/',
      'coverage/',
      'tmp/',
      'data/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [eslint.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { '@nx': nx, 'check-file': checkFile },
    rules: { ...size(300), ...boundaries, ...types, ...syntax, ...fileNames },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts', 'e2e/**/*.ts', 'libs/**/conformance/**/*.ts'],
    rules: {
      ...size(500),
      // A describe block is a list of sentences, not a function to read as one.
      'max-lines-per-function': 'off',
      // A test wires the adapters itself; dependency-cruiser still looks at its folders.
      '@nx/enforce-module-boundaries': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // These talk to a terminal.
    files: [
      'apps/cli/**/*.ts',
      'bench/**/*.ts',
      'e2e/**/*.ts',
      'apps/{standalone,distributed}/src/**/*.ts',
      'libs/service-host/src/run.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
