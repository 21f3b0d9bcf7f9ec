import type { Report } from '../../../evaluation/report';
import { readReportHtml, writeReportHtml } from '../../../evaluation/report-html';
import { resultJson, resultsCsv, type EvaluationResult } from '../../../evaluation/results';
import { Failure } from '../../../core/failure';
import { plural } from '../../kit/words';
import type { CompareParts } from '../view';

export type ReportsParts = Pick<CompareParts, 'records' | 'notices' | 'today' | 'handOver'> & {
  /** Name and value of what the measurements were made with. */
  readonly about: readonly (readonly [name: string, value: string])[];
};

const TOPIC = 'report';

/** The report of this visit's measurements, and one opened from a file. */
export class Reports {
  #opened = $state.raw<{ readonly name: string; readonly report: Report } | undefined>(undefined);

  readonly #parts: ReportsParts;
  readonly #own = $derived.by((): Report | undefined => {
    const { results, tables } = this.#parts.records;
    if (results.length === 0 && tables.length === 0) return undefined;
    const facts = [...this.#parts.about, ['Made', new Date(this.#parts.today()).toISOString()]];
    return { title: 'Clipscope report', facts, results, tables };
  });

  constructor(parts: ReportsParts) {
    this.#parts = parts;
  }

  /** What was measured in this visit; undefined if nothing was. */
  get own(): Report | undefined {
    return this.#own;
  }

  /** The report from a file, and the file's name. */
  get opened(): { readonly name: string; readonly report: Report } | undefined {
    return this.#opened;
  }

  /** The report that is shown. */
  get shown(): Report | undefined {
    return this.#opened?.report ?? this.#own;
  }

  /** Opens a report that was saved as a page. */
  async open(file: File): Promise<void> {
    const { notices } = this.#parts;
    notices.clear(TOPIC);
    try {
      const report = readReportHtml(await file.text());
      if (!report) throw new Failure('ReportUnreadable', `${file.name} holds no report of Clipscope`);
      this.#opened = { name: file.name, report };
      notices.say(`${file.name} opened`);
    } catch (error) {
      // A browser's own error: the file is gone, or may not be read.
      const isOwn = error instanceof Failure;
      const gone = () => new Failure('FileUnreadable', `${file.name} could not be read`, { cause: error });
      notices.report(TOPIC, isOwn ? error : gone());
    }
  }

  /** Shows this visit's measurements again. */
  close(): void {
    this.#opened = undefined;
  }

  /** Saves the report that is shown: as a page, its results as CLIP_benchmark's files, one each, or as a table. */
  save(form: 'html' | 'json' | 'csv'): void {
    const { handOver, notices } = this.#parts;
    const report = this.shown;
    if (!report) return;
    const { results } = report;
    const files = {
      html: () => [
        { name: 'clipscope-report.html', file: new Blob([writeReportHtml(report)], { type: 'text/html' }) },
      ],
      json: () =>
        results.map((one) => ({
          name: fileName(one),
          file: new Blob([resultJson(one)], { type: 'application/json' }),
        })),
      csv: () => [{ name: 'results.csv', file: new Blob([resultsCsv(results)], { type: 'text/csv' }) }],
    }[form]();
    handOver(files);
    notices.say(form === 'html' ? 'The report is saved' : `${plural(results.length, 'result')} saved`);
  }
}

/** As CLIP_benchmark names its files by default, with what a name may not hold as `-`. */
function fileName({ dataset, pretrained, model, language, task }: EvaluationResult): string {
  const parts = [dataset, pretrained, model, language, task].filter((part) => part !== '');
  return `${parts.join('_').replace(/[^\p{L}\p{N}_.-]+/gu, '-')}.json`;
}
