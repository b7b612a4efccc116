import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The walls of the house: which folder may not know what. */
const wall = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const nodeModules = { regex: '^node:', message: 'This side knows no Node.' };
const vscode = { group: ['vscode'], message: 'Only src/extension knows vscode.' };
const side = (name) => ({ regex: `/(${name})/`, message: `This side does not know ${name}; speak through src/schema.` });

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.cache/', 'node_modules/', '.vscode-test/', 'trainyard/', 'sample/', 'src/engine/compute/kernels/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', Buffer: 'readonly', require: 'readonly', module: 'writable', __dirname: 'readonly', fetch: 'readonly' },
    },
  },
  { files: ['test/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off', '@typescript-eslint/no-unused-expressions': 'off' } },
  wall(['src/schema/**/*.ts'], [nodeModules, vscode, side('engine|extension|webviews')]),
  wall(['src/engine/**/*.ts'], [vscode, side('extension|webviews')]),
  wall(['src/webviews/**/*.ts'], [nodeModules, vscode, side('engine|extension')]),
  wall(['src/extension/**/*.ts'], [side('engine|webviews')]),
);
