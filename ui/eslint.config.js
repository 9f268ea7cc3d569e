import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** The rooms of the console: a folder each. `kit` and `api` lie below them, `app` above. */
const rooms = ['account', 'admin', 'builder', 'events', 'fleet', 'gallery', 'integrations', 'ledgers', 'overview', 'secrets', 'team', 'tutorial', 'usage'];

/** Forbids imports that lead up: a shared part knows no room. */
const below = (files, groups, why) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: groups, message: why }] }] },
});

export default tseslint.config(
  { ignores: ['src/api/schema.gen.ts', 'node_modules/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 500 }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  below(['src/api/**'], ['../app/*', '../kit/*', ...rooms.map((r) => `../${r}/*`)], 'the way to the hub knows nothing of pages'),
  below(['src/kit/**'], rooms.flatMap((r) => [`../${r}/*`, `../../${r}/*`]), 'shared parts know no room; hand them what they need'),
);
