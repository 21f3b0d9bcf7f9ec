/** Whether nothing is left out for time: `npm run test:whole`. Without it the slow software GPU computes a part. */
export const WHOLE = import.meta.env.VITE_WHOLE === '1';
