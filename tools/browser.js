import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';

/** Names of each browser on the search path. */
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const FIREFOX = ['firefox-esr', 'firefox'];

/** Usual locations outside the search path. */
const CHROMIUM_PLACES = [
  '/usr/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const FIREFOX_PLACES = [
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Flags that stop a browser under test from contacting anything but the page's server. */
export const QUIET_FLAGS = Object.freeze([
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]);

/**
 * With WebGPU there is an adapter on every machine: without a GPU, Chromium's software adapter (SwiftShader), available
 * only with unsafe WebGPU enabled. Without WebGPU, `navigator.gpu` still exists, but `requestAdapter()` returns null.
 *
 * @param {boolean} present
 */
export function webgpuFlags(present) {
  return present ? ['--enable-unsafe-webgpu'] : ['--disable-gpu'];
}

/**
 * The full Chromium or Chrome on this machine (the headless shell lacks WebGPU): the environment's CHROMIUM_PATH,
 * else the search path, else the usual places, else Playwright's own if installed.
 *
 * @returns {string | undefined} Throws an Error if CHROMIUM_PATH is not an executable.
 */
export function findChromium() {
  return find('CHROMIUM_PATH', CHROMIUM, [...CHROMIUM_PLACES, chromium.executablePath()]);
}

/**
 * The Firefox on this machine: the environment's FIREFOX_PATH, else the search path, else the usual places.
 *
 * @returns {string | undefined} Throws an Error if FIREFOX_PATH is not an executable.
 */
export function findFirefox() {
  return find('FIREFOX_PATH', FIREFOX, FIREFOX_PLACES);
}

/**
 * @param {string} variable
 * @param {readonly string[]} commands
 * @param {readonly string[]} places
 */
function find(variable, commands, places) {
  const named = process.env[variable];
  if (named) {
    if (isProgram(named)) return named;
    throw new Error(`${variable} is "${named}", and there is no program of that name.`);
  }
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return [
    ...commands.flatMap((command) => folders.map((folder) => path.join(folder, command))),
    ...places,
  ].find(isProgram);
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
