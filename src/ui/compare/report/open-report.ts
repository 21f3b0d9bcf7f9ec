import { openedView, type OpenView } from '../view';
import { Reports } from './reports.svelte';
import ReportView from './ReportView.svelte';

export const openReport: OpenView = (parts) => {
  const about = [
    ['Clipscope', import.meta.env.CLIPSCOPE_VERSION as string],
    ['Browser', navigator.userAgent],
  ] as const;
  return openedView(ReportView, new Reports({ ...parts, about }));
};
