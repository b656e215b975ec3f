// One set of compiler options for the build and for jest, so that what is tested is what runs.
export const swcOptions = {
  swcrc: false,
  configFile: false,
  sourceMaps: true,
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      // Nest's DTOs declare fields without values; define semantics would write `undefined` over
      // every one of them on each request. tsconfig.base.json says the same to the type checker.
      useDefineForClassFields: false,
    },
  },
};
