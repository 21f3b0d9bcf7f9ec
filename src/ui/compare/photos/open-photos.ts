import { openedView, type OpenView } from '../view';
import PhotosView from './PhotosView.svelte';

export const openPhotos: OpenView = (parts) => openedView(PhotosView, parts);
