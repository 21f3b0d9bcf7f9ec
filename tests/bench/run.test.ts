import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { expect, test } from 'vitest';

// Each object has a `constructor`.
test.each(['', 'nonsense', 'constructor'])('“%s” is no benchmark, and is told so', (name) => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', name], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^Name one of: first-run, /);
  expect(status).toBe(1);
});
