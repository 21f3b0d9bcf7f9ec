import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './build.js';

const NOT_OURS = new Set([
  'node_modules',
  'dist',
  'coverage',
  '.git',
  '.cache',
  '.venv',
  'training/data',
  'training/runs',
]);

export interface Import {
  /** As written: a package's name, or a relative path with its query. */
  readonly specifier: string;
  /** Whether the whole import is removed with the types. */
  readonly typeOnly: boolean;
}

/** The project's files below `folder`, as paths from the root with forward slashes; none if it does not exist. */
export function filesBelow(folder = '.', from = root): string[] {
  const place = path.join(from, folder);
  if (!existsSync(place)) return [];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (NOT_OURS.has(entry.name) || NOT_OURS.has(name)) return [];
    if (entry.isDirectory()) return filesBelow(name, from);
    return entry.isFile() ? [name] : [];
  });
}

/** The text of a file, by its path from the root. */
export function textOf(file: string, from = root): string {
  return readFileSync(path.join(from, file), 'utf8');
}

/** The file that a relative specifier names, from the root; undefined for a package. */
export function fileOf(from: string, { specifier }: Import, top = root): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(from), specifier.replace(/\?.*$/, ''));
  return (
    ['', '.ts'].map((ending) => target + ending).find((file) => existsSync(path.join(top, file))) ?? target
  );
}

/** Everything that `text` imports: statements, `export … from`, `import()`, and `import('…').Type`. */
export function importsOf(file: string, text: string): Import[] {
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, script]) => script).join('\n')
    : text;
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ specifier: specifier.text, typeOnly });
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest));
  return found;
}
