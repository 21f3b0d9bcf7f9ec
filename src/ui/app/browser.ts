import { online } from 'svelte/reactivity/window';
import { connect } from '../connect/connect';
import { nextFrame, unhurried } from '../kit/frames';
import { openFrames } from '../label/video-frames';
import { handOver, pickFolder, pickTarget } from '../kit/pick';
import { albumPicture } from '../photos/album';
import { otherTabs } from '../photos/other-tabs';
import { gibibytesOf } from '../models/device-memory';
import type { AppStateParts } from './app-state-parts';
import { allowHosts } from './offline';

/** The browser features the page's state uses. @param album URL of the sample album's folder, ending in `/` */
export function appParts(album: string): AppStateParts {
  const [tab, lasting] = [openMemory(() => sessionStorage), openMemory(() => localStorage)];
  return {
    connect,
    schedule: nextFrame,
    unhurried,
    screenWidth: window.innerWidth,
    now: () => performance.now(),
    today: () => Date.now(),
    albumPicture: (name) => albumPicture(album, name, fetch),
    pickFolder: (id) => pickFolder(id),
    pickTarget,
    handOver,
    persist,
    allowHosts,
    memory: lasting,
    memories: [tab, lasting].filter((memory) => !!memory),
    gibibytes: gibibytesOf(navigator),
    // Undefined where the browser cannot tell.
    online: () => online.current !== false,
    otherTabs: otherTabs(),
    // Undefined on a page that is not secure.
    media: (navigator as Partial<Navigator>).mediaDevices,
    openFrames,
    reload: () => location.reload(),
    origin: location.origin,
  };
}

/** Web storage; undefined if the browser blocks it. */
function openMemory(open: () => Storage): Storage | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

/** As `navigator.storage.persist`; false on a page that is not secure, which keeps nothing. */
async function persist(): Promise<boolean> {
  const storage: Partial<StorageManager> | undefined = navigator.storage;
  return (await storage?.persist?.()) ?? false;
}
