import {
  cellText,
  isNumeric,
  readReport,
  tablesOf,
  type Cell,
  type Report,
  type ReportTable,
} from './report';

/** The element that holds the data. */
const DATA_ID = 'clipscope-report';

/**
 * A report as an HTML page that needs no other file, loads nothing and runs nothing, with the report itself inside it as
 * JSON, for `readReportHtml`. All texts may come from strangers' files and are escaped.
 */
export function writeReportHtml(report: Report): string {
  const { title, facts } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<dl>
${facts.map(([name = '', value = '']) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('\n')}
</dl>
${tablesOf(report).map(tableHtml).join('\n')}
</main>
<script type="application/json" id="${DATA_ID}">${embedded(report)}</script>
</body>
</html>
`;
}

/** The report inside a page that `writeReportHtml` wrote; undefined if the page holds none. */
export function readReportHtml(html: string): Report | undefined {
  const start = `<script type="application/json" id="${DATA_ID}">`;
  // The last: before it may stand texts of strangers, but escaped.
  const from = html.lastIndexOf(start);
  const to = html.indexOf('</script>', from);
  if (from < 0 || to < 0) return undefined;
  try {
    return readReport(JSON.parse(html.slice(from + start.length, to)));
  } catch {
    return undefined;
  }
}

function tableHtml(table: ReportTable): string {
  const { title, note, head, rows } = table;
  const row = (tag: 'td' | 'th', cells: readonly Cell[]) => {
    const cell = (value: Cell, at: number) => {
      // A heading without a text heads nothing.
      if (tag === 'th' && value === '') return '<td></td>';
      const attributes = `${tag === 'th' ? ' scope="col"' : ''}${isNumeric(table, at) ? ' class="number"' : ''}`;
      return `<${tag}${attributes}>${escaped(cellText(value))}</${tag}>`;
    };
    return `<tr>${cells.map(cell).join('')}</tr>`;
  };
  return `<section>
<h2>${escaped(title)}</h2>
${note === undefined ? '' : `<p>${escaped(note)}</p>\n`}<div class="wide" tabindex="0" role="region" aria-label="${escaped(title)}"><table>
<thead>${row('th', head)}</thead>
<tbody>
${rows.map((cells) => row('td', cells)).join('\n')}
</tbody>
</table></div>
</section>`;
}

/** JSON that cannot end the element it stands in. */
function embedded(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);
}

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { max-width: 72rem; margin: 0 auto; padding: 24px 16px; background: light-dark(#fafaf9, #161615); color: light-dark(#1c1c1a, #e8e8e6); }
h1 { font-size: 22px; } h2 { margin: 32px 0 4px; font-size: 16px; } p { margin: 0 0 8px; color: light-dark(#5b5b57, #a5a5a0); }
dl { display: grid; gap: 4px; margin: 0; } dl div { display: grid; grid-template-columns: 10rem 1fr; gap: 8px; }
dt { color: light-dark(#5b5b57, #a5a5a0); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: 4px 16px 4px 0; border-bottom: 1px solid light-dark(#dededa, #353532); text-align: left; vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 480px) { dl div { grid-template-columns: 1fr; gap: 0; margin-bottom: 4px; } }
`;
