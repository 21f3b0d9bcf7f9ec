import { Gallery, type GalleryParts } from './gallery.svelte';
import { KeptLabels } from './kept-labels.svelte';
import { PhotoImport, type PhotoImportParts } from './photo-import.svelte';

export interface PhotoStatesParts
  extends
    Omit<GalleryParts, 'lookAgain'>,
    Pick<PhotoImportParts, 'pickFolder' | 'today' | 'otherFiles' | 'images'> {}

/** The states of photos: the gallery, the import of new ones, and the labels that the user gives them. */
export function photoStates(parts: PhotoStatesParts) {
  const gallery: Gallery = new Gallery({
    ...parts,
    lookAgain: (id, isQuiet) => photoImport.lookAgain(id, isQuiet),
  });
  const photoImport = new PhotoImport({
    ...parts,
    photos: gallery.photos,
    originals: gallery.originals,
    folders: gallery.folders,
    keepRemoval: () => gallery.keepRemoval(),
    ready: () => gallery.fetched(),
    onChanged: (ids) => gallery.changed(ids),
    onGone: (ids) => gallery.forget(ids),
  });
  const { library, notices } = parts;
  const keptLabels = new KeptLabels({ library, notices, photos: gallery.photos });
  return { gallery, photoImport, keptLabels };
}
