/**
 * What lies in people's photo folders without being their photos.
 *
 * Why it is left out: a photo in a recycle bin was thrown away, a snapshot shows each photo once more for every day that
 * is kept, and photo programs keep small copies of all they know. Taken in, they stand beside the real photos as
 * duplicates, are found instead of them, and are indexed in vain. Why by name alone: the systems that make these
 * folders give them fixed names, which people hardly give. A general name, such as "Trash", "Thumbnails" or "Cache", is
 * not in the list, since it may be anyone's. A folder that is given by itself is taken whatever its name.
 */
const JUNK = new Set([
  // Recycle bins: Windows (today, XP, 98), Synology and others, QNAP, ReadyNAS, Buffalo, Nextcloud.
  ...['$recycle.bin', 'recycler', 'recycled', '#recycle', '@recycle', 'recycle bin', 'trashbox'],
  'files_trashbin',
  // Snapshots and older versions: Synology, QNAP, btrfs, NetApp, Nextcloud, Time Machine.
  ...[
    '#snapshot',
    '@sharesnap',
    '@recently-snapshot',
    '@snapshot',
    '@snapshots',
    '~snapshot',
    'files_versions',
  ],
  'backups.backupdb',
  // File systems' own: Windows, Linux.
  ...['system volume information', 'lost+found'],
  // Small copies: Synology, QNAP, Capture One, iTunes, Sony's cameras. Other halves of files, in archives made by macOS.
  ...['@eadir', '@__thumb', 'captureone', 'ipod photo cache', 'thmbnl', '__macosx'],
  // Windows' own files.
  ...['thumbs.db', 'ehthumbs.db', 'ehthumbs_vista.db', 'desktop.ini'],
]);

/** Recycle bins of QNAP, repaired disks, Nextcloud's and Lightroom's previews, backups of a whole disk, pictures of videos. */
const JUNK_KINDS =
  /^network recycle bin|^found\.\d{3}$|^appdata_oc\w{10}$|\.(?:lrdata|sparsebundle|backupbundle|thm)$/;

/** Libraries of Photos, iPhoto, Aperture and Capture One, which are folders. */
const PHOTO_LIBRARY = /\.(?:photoslibrary|photolibrary|migratedphotolibrary|aplibrary|cocatalog)$/;

/** Where such a library keeps the photos themselves: the rest is previews, faces, thumbnails and edited copies. */
const ITS_PHOTOS = new Set(['originals', 'masters']);

/**
 * Whether a file or folder is hidden or junk.
 * @param folder the name of the folder it is in, if any
 */
export function isJunk(name: string, folder = ''): boolean {
  const lower = name.toLowerCase();
  if (PHOTO_LIBRARY.test(folder.toLowerCase())) return !ITS_PHOTOS.has(lower);
  return name.startsWith('.') || JUNK.has(lower) || JUNK_KINDS.test(lower);
}
