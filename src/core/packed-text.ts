/** `text` in characters that an address may hold: its UTF-8, deflated (RFC 1951), as base64url (RFC 4648, section 5). */
export async function packText(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * The reverse of `packText`; what is unpacked is counted as it comes, so that a few characters cannot fill the memory.
 * @param most bytes that the text may have
 * @returns undefined if `packed` is not a whole text, or one of more bytes
 */
export async function unpackText(packed: string, most: number): Promise<string | undefined> {
  try {
    const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const reader = stream.getReader();
    let text = '';
    for (let count = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      count += value.length;
      if (count > most) {
        await reader.cancel();
        return undefined;
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return undefined;
  }
}
