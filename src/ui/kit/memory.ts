/** Short texts that outlast the visit, by name: web storage. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
