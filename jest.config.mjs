import { swcOptions } from './tools/swc-options.mjs';

// Packages that ship only ES modules; jest runs CommonJS, so swc turns these too.
const esmOnly = [
  '@nestjs',
  'cookie',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'uid',
  'load-esm',
  '@marcbachmann',
  'content-disposition',
];

const shared = {
  testEnvironment: 'node',
  // Workspace packages resolve to their sources, so no build has to come first.
  testEnvironmentOptions: {
    customExportConditions: ['@fidelis/source', 'node', 'require', 'default'],
  },
  transform: { '^.+\\.(ts|js|mjs)$': ['@swc/jest', { ...swcOptions, sourceMaps: 'inline' }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/(apps|libs|bench|e2e)/.*/dist/', '<rootDir>/tmp/'],
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/tools/jest-patience.cjs'],
};

export default {
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(int|e2e)\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/{apps,libs}/**/*.{int,e2e}.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{e2e,bench}/**/*.spec.ts'],
    },
  ],
};
