import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findChromium, findFirefox } from './browser.js';
import { root } from './build.js';

/** The projects of vitest.config.ts: the one for Node, and those for browsers, in runs one after another. */
const NODE_SUITE = ['node'];
const BROWSER_SUITES = [['browser'], ['app', 'firefox']];

/** Each browser that is tested, how it is found, its Debian package, and the projects that need it. */
const BROWSERS = [
  {
    name: 'Chromium',
    find: findChromium,
    variable: 'CHROMIUM_PATH',
    package: 'chromium',
    suites: ['browser', 'app'],
  },
  {
    name: 'Firefox',
    find: findFirefox,
    variable: 'FIREFOX_PATH',
    package: 'firefox-esr',
    suites: ['firefox'],
  },
];

/** Time limit of a suite, in ms; a longer run counts as hanging. */
const SUITE_LIMIT = 40 * 60_000;

/**
 * `failures` names each failed test, with the first line of what it says.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Totals
 */

/**
 * The used fields of Vitest's JSON report.
 *
 * @typedef {{
 *   numPassedTests: number,
 *   numFailedTests: number,
 *   numPendingTests: number,
 *   numTodoTests: number,
 *   testResults: {
 *     name: string,
 *     status: string,
 *     message: string,
 *     assertionResults: { status: string, fullName: string, failureMessages: string[] }[],
 *   }[],
 * }} Report
 */

/**
 * Runs projects of vitest.config.ts, side by side.
 *
 * @param {readonly string[]} suites
 * @param {string} reports A folder for the machine-readable report.
 * @param {boolean} [aside] Whether another suite runs in parallel: this one's output is then printed at its end.
 * @returns {Promise<Totals>} A failure outside any test (a file that does not load, an uncaught error, a suite that
 *   hangs) counts as a failed test, so that the totals never look better than the exit code.
 */
async function run(suites, reports, aside = false) {
  const suite = suites.join('", "');
  const report = path.join(reports, `${suites.join('-')}.json`);
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const flags = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const title = `\nSuite "${suite}"\n`;
  if (!aside) process.stdout.write(title);
  const projects = suites.flatMap((one) => ['--project', one]);
  const child = spawn(process.execPath, [vitest, 'run', ...projects, ...flags], {
    cwd: root,
    stdio: ['ignore', aside ? 'pipe' : 'inherit', aside ? 'pipe' : 'inherit'],
    timeout: SUITE_LIMIT,
  });
  /** @type {Buffer[]} */
  const said = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (/** @type {Buffer} */ chunk) => said.push(chunk));
  }
  /** @type {number | null} */
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (aside) process.stdout.write(Buffer.concat([Buffer.from(title), ...said]));
  /** @type {Totals} */
  const totals = await readFile(report, 'utf8').then(
    (text) => totalsOf(/** @type {Report} */ (JSON.parse(text))),
    () => ({ passed: 0, failed: 0, skipped: 0, failures: [] }),
  );
  if (code !== 0 && totals.failed === 0) {
    const end = code === null ? 'by a signal' : `with code ${code}`;
    totals.failures.push(`Suite "${suite}" ended ${end} and no failed test.`);
    totals.failed = 1;
  }
  return totals;
}

/**
 * @param {Report} report
 * @returns {Totals}
 */
function totalsOf(report) {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages: [message = ''] }) => failure(`${name} > ${fullName}`, message)),
  );
  failures.push(...unloaded.map(({ name, message }) => failure(name, message)));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

/**
 * A failed test, what it says first, what it waited for and where.
 *
 * @param {string} test
 * @param {string} message
 */
function failure(test, message) {
  const lines = message.trim().split('\n');
  const waited = lines.find((line) => line.includes('waiting for'));
  const place = lines.find((line) => /tests\/.*\.ts:\d+/.test(line));
  const said = [lines[0], waited, place].filter((line) => line !== undefined);
  return `${path.relative(root, test)}: ${said.map((line) => line.trim()).join(' · ')}`;
}

/**
 * Installs a browser if running as root on Debian; returns the reason if it could not.
 *
 * @param {(typeof BROWSERS)[number]} browser
 */
function install({ name, find, variable, package: debian }) {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    return `there is no ${name} on this machine; name one with ${variable}`;
  }
  console.log(`\nThere is no ${name} on this machine: installing the Debian package.`);
  for (const command of [['update'], ['install', '-y', '--no-install-recommends', debian]]) {
    const { status } = spawnSync('apt-get', ['-q', ...command], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) return `"apt-get ${command.join(' ')}" failed`;
  }
  return find() ? undefined : `the Debian package has left no ${name} on the search path`;
}

// Seen by the browser suites too, as import.meta.env.VITE_WHOLE.
if (process.argv.includes('--whole')) process.env.VITE_WHOLE = '1';

const reports = await mkdtemp(path.join(tmpdir(), 'clipscope-reports-'));
/** @type {Totals[]} */
const all = [];
/** @type {string[]} */
const notRun = [];
try {
  /** @type {Set<string>} */
  const runnable = new Set();
  for (const browser of BROWSERS) {
    const missing = browser.find() ? undefined : install(browser);
    if (missing) notRun.push(`the tests in ${browser.name} (${missing})`);
    else for (const suite of browser.suites) runnable.add(suite);
  }
  const inBrowsers = BROWSER_SUITES.map((suites) => suites.filter((suite) => runnable.has(suite)));
  const runs = inBrowsers.filter((suites) => suites.length > 0);
  // Why the Node suite runs in parallel with the first browser suite: that one waits for the software GPU, on one core.
  const inNode = run(NODE_SUITE, reports, runs.length > 0);
  for (const suites of runs) all.push(await run(suites, reports));
  all.push(await inNode);
} finally {
  await rm(reports, { recursive: true, force: true });
}

/** @param {'passed' | 'failed' | 'skipped'} key */
const total = (key) => all.reduce((sum, totals) => sum + totals[key], 0);
// The suites' own words may be thousands of lines further up.
for (const one of all.flatMap(({ failures }) => failures)) console.log(`\nFAILED: ${one}`);
for (const tests of notRun) console.log(`\nNOT RUN: ${tests}`);
const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
console.log(`\n${total('passed')} passed, ${total('failed')} failed${skipped}`);
if (total('failed') > 0 || (notRun.length > 0 && process.env.CI === 'true')) process.exitCode = 1;
