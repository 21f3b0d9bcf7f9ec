import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { expect, test } from 'vitest';

test('the engine loads in plain Node, where no bundler reads shaders', () => {
  const program = `await import('./src/engine/engine.ts'); await import('./src/engine/platform-node.ts');
    console.log('loaded');`;
  const flags = ['--import', 'tsx', '--input-type=module', '--eval', program];
  expect(execFileSync(process.execPath, flags, { encoding: 'utf8' })).toBe('loaded\n');
});
