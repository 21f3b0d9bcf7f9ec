import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './build.js';

/** A build beside the usual one. */
export interface AsideBuild {
  /** The folder of the sources. */
  readonly top: string;
  /** The folder of the built page. */
  readonly dist: string;
  /** Deletes what was built, and checked out for it. */
  remove(): void;
}

/** Builds the page of a commit, checked out in a temporary folder; undefined means the working tree. */
export function buildAside(commit: string | undefined): AsideBuild {
  const cache = path.join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const aside = mkdtempSync(path.join(cache, 'build-'));
  const top = commit === undefined ? root : path.join(aside, 'tree');
  const dist = path.join(aside, 'dist');
  const remove = () => {
    if (commit !== undefined) git('worktree', 'remove', '--force', top);
    rmSync(aside, { recursive: true, force: true });
  };
  try {
    if (commit !== undefined) {
      git('worktree', 'add', '--detach', '--quiet', top, commit);
      symlinkSync(path.join(root, 'node_modules'), path.join(top, 'node_modules'));
    }
    const vite = path.join(root, 'node_modules/vite/bin/vite.js');
    execFileSync(process.execPath, [vite, 'build', '--logLevel', 'warn', '--outDir', dist, '--emptyOutDir'], {
      cwd: top,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return { top, dist, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The short name of a commit. @throws Error if there is none of that name */
export function shortName(commit: string): string {
  return git('rev-parse', '--short', commit);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}
