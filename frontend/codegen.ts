import type { CodegenConfig } from '@graphql-codegen/cli';

// The server's schema is the only source of the console's types; the output is committed, so that a build needs Vite alone.
const config: CodegenConfig = {
  schema: '../graph/schema/*.graphqls',
  documents: ['src/{app,features,components,lib}/**/*.{ts,tsx}'],
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
      config: {
        enumsAsTypes: true,
        strictScalars: true,
        useTypeImports: true,
        scalars: { Time: 'string', Int64: 'number', JSONObject: 'Record<string, unknown>' },
      },
    },
  },
};

export default config;
