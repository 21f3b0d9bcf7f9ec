import type { Described } from '../kit/failures';
import type { Offer } from './photo-model-offer';

const DRAWINGS_ONLY = 'The model in use knows drawings, not photos.';

/** What an offer says: how things stand, and what can be done. Undefined where nothing is offered. */
export function offerText(offer: Offer): Described | undefined {
  switch (offer.kind) {
    case 'none':
      return undefined;
    case 'use':
      return { happened: DRAWINGS_ONLY, todo: 'One that knows them is on this device already.' };
    case 'get':
      return {
        happened: DRAWINGS_ONLY,
        todo: 'Get one that does. You can go on while it comes; then it takes over by itself.',
      };
    case 'arriving':
      return {
        happened: 'A model that knows photos is on its way.',
        todo: offer.isTaken
          ? 'You can go on meanwhile: when it is here, it takes over and indexes your photos.'
          : 'You can go on meanwhile, and choose it when it is here.',
      };
    case 'stopped':
      return { happened: DRAWINGS_ONLY, todo: stoppedText(offer) };
    case 'offline':
      return {
        happened: DRAWINGS_ONLY,
        todo: offer.begun
          ? 'This device is offline: the download goes on when there is a network. A checkpoint in a folder works without one.'
          : 'This device is offline, so no other can be fetched. A checkpoint in a folder works without a network.',
      };
    case 'nothing fits':
      return {
        happened: DRAWINGS_ONLY,
        todo: 'None of the published ones fits this device’s memory. A smaller checkpoint of your own may.',
      };
  }
}

function stoppedText({ why, again }: Extract<Offer, { kind: 'stopped' }>): string {
  if (why === 'paused') return 'The download of one that knows photos is paused.';
  return again
    ? 'The download of one that knows photos has stopped. Try again, or open a checkpoint from a folder.'
    : 'The download of one that knows photos cannot go on as it is. You can also open a checkpoint from a folder.';
}
