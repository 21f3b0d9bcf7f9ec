/** A page in some browser, as far as the walk and the comparison use it. Elements are named by XPath. */
export interface BrowserPage {
  /** Loads an address and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** The value of an expression, a promise's awaited; it must be of JSON's kinds. */
  evaluate<T>(expression: string): Promise<T>;
  click(element: string): Promise<void>;
  /** Types with the keyboard. */
  type(element: string, text: string): Promise<void>;
  /** Puts files from the disk into an `<input type="file">`. */
  give(element: string, files: readonly string[]): Promise<void>;
}

/** A running browser with one page, in a profile of its own that goes with it. */
export interface RunningBrowser {
  /** Name and version, as it tells them: "firefox/153.8". */
  readonly version: string;
  readonly page: BrowserPage;
  /** Uncaught errors and errors in the console so far, where its driver tells of them. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** How long anything may take, in milliseconds: two cores, and a browser that was never optimised for this. */
const PATIENCE = 60_000;

/** Asks again after this long, in milliseconds. */
const PAUSE = 50;

/** Waits until an expression is neither false nor empty, also while pages change. @throws Error that names `what` */
export async function until<T>(page: BrowserPage, expression: string, what: string): Promise<T> {
  const end = performance.now() + PATIENCE;
  let last: unknown;
  while (performance.now() < end) {
    // Between two pages there is nothing to ask.
    last = await page.evaluate<T>(expression).catch((error: unknown) => error);
    if (last && !(last instanceof Error)) return last as T;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  const shown = await page.evaluate<string>('document.body.innerText').catch(String);
  throw new Error(`Never seen: ${what} (${String(last)}). The page says: ${shown.slice(0, 600)}`);
}

/** The button, or what is pressed like one, of this name. */
export function button(name: string): string {
  return `//*[self::button or @role="tab"][@aria-label="${name}" or normalize-space()="${name}"]`;
}
