/** Whether the page came by https or from this machine, so that the browser lets it keep things. True in Node. */
export function isSecure({
  isSecureContext = true,
}: { readonly isSecureContext?: boolean } = globalThis): boolean {
  return isSecureContext;
}
