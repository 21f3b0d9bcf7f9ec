import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

// Why two linters: oxlint checks a project with its types in seconds and reads no Svelte markup; ESLint reads it, and
// takes ten times as long. So ESLint checks components and runes, and oxlint (`.oxlintrc.json`) all the rest.
export default defineConfig(
  globalIgnores([
    '**/*.{js,ts}',
    '!**/*.svelte.ts',
    'dist/',
    'dist-package/',
    '.cache/',
    'static/',
    'coverage/',
    'training/node_modules/',
    'training/.venv/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        project: './tsconfig.page.json',
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
      globals: globals.browser,
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers are what most messages are made of.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // TypeScript finds these, and knows the globals of each thread.
      'no-undef': 'off',
      // noUncheckedIndexedAccess asks for a `!` wherever a loop's bounds are the proof.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An `async` without `await` turns what it throws into a rejection, as the interface it implements promises.
      '@typescript-eslint/require-await': 'off',
      // The DOM's types promise what an older browser or an insecure page lacks.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Brackets mark a key of data from outside.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Objects here are closures: their methods never look at `this`.
      '@typescript-eslint/unbound-method': 'off',
      // A Map or Set in a class of state is its own book-keeping; what is drawn is `$state`.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte'],
    // To the linter a component's type is `any`. svelte-check knows better, and checks every use of it.
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  prettier,
  svelte.configs.prettier,
);
