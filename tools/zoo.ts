/**
 * Says of every pretrained tag that OpenCLIP publishes whether it runs here and, if not, why; writes how many do into the
 * README.
 *
 *     npm run zoo
 */
import { readFile, writeFile } from 'node:fs/promises';
import { replaceMarked } from './evaluation/cards';
import { surveyTable, surveyTags } from './zoo/survey';

const tags = surveyTags();
for (const { name, kind, refusal } of tags) console.log(`${name}  ${kind}  ${refusal ?? 'runs'}`);
const table = surveyTable(tags);
console.log(`\n${table}`);
await writeFile('README.md', replaceMarked(await readFile('README.md', 'utf8'), 'zoo', table));
