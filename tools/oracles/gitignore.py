"""Golden file of exclusions: tests/fixtures/excludes.json, by git itself.

    python tools/oracles/gitignore.py [FILE]

Needs git. Each list of patterns is written as the .gitignore of a folder that has all the paths; `git check-ignore`
says which of them it leaves out, ignoring case. Not asked: `a**/b`, where git 2.39 differs from its documentation, and the
case of letters beyond ASCII, which git does not ignore.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

PATHS = [
    'a.jpg', 'b.png', 'B.PNG', 'd.jpg', 'a.png.jpg', 'a+b.jpg', 'aab.jpg', 'img1.jpg', 'img12.jpg', '[x].jpg', 'x.jpg', '#1.jpg',
    '!a.jpg', 'with space.jpg', 'é.jpg', 'raw/top.jpg', 'raw/keep/k.jpg', '2020/raw/deep.jpg', '2020/raw/more/e.jpg',
    '2020/kept.jpg', '2020/top.png', 'a/d.jpg', 'a/b/d.jpg', 'a/b/c/d.jpg', 'a/bd.jpg', 'ab/d.jpg', 'x/a/d.jpg', 'cats/a.jpg',
    'Cats2/a.jpg', '2024/cats/a.jpg', '2024/catsup/a.jpg', '2024/b/raw/a.jpg', '2024/b/c/raw/a.jpg', 'old/2024/raw/a.jpg',
    '#recycle/r.jpg', 'rawish/a.jpg', 'cats.jpg',
]
PATTERNS = [
    ['raw'], ['RAW'], ['raw/'], ['/raw'], ['/raw/'], ['raw/*'], ['raw/**'], ['**/raw'], ['**/raw/'], ['**/raw/**'], ['**/raw/*'],
    ['*/raw'], ['*/raw/**'], ['2024/*/raw'], ['2024/**/raw'], ['2024/raw'], ['2020/raw/*'], ['*.png'], ['**/*.png'], ['/*.png'],
    ['*.PNG'], ['**.png'], ['2020/*.png'], ['a/**/d.jpg'], ['a/*/d.jpg'], ['a/**d.jpg'], ['**/d.jpg'], ['**/a/d.jpg'],
    ['a/**'], ['a/*'], ['**/a/**'], ['*'], ['**'], ['/*'], ['/**'], ['*/'], ['**/'], ['cats'], ['Cats/'], ['cats*'], ['c?ts'],
    ['img?.jpg'], ['img??.jpg'], ['img[0-9].jpg'], ['img[!0-9].jpg'], ['[ab].*'], [r'\[x\].jpg'], ['[x].jpg'], ['a+b.jpg'],
    ['with space.jpg'], ['a.jpg   '], ['é.jpg'], ['#1.jpg'], [r'\#1.jpg'], [r'\#recycle'], [r'\!a.jpg'], [''], ['  '], ['/'],
    ['*.jpg', '!a.jpg'], ['raw/*', '!raw/keep'], ['raw', '!raw/keep'], ['*', '!*/', '!*.png'], ['!a.jpg', '*.jpg'],
    ['*.png', 'raw', '# a comment', '', '2024/b'], ['2020', '!2020/kept.jpg'], ['/2020/*', '!/2020/kept.jpg'],
]


def left_out(folder, patterns):
    (folder / '.gitignore').write_text(''.join(f'{pattern}\n' for pattern in patterns))
    asked = subprocess.run(
        ['git', '-c', 'core.ignorecase=true', 'check-ignore', '--no-index', '-z', '--stdin'],
        cwd=folder, input='\0'.join(PATHS).encode(), capture_output=True,
    )
    if asked.returncode > 1:
        raise RuntimeError(asked.stderr.decode())
    return [path for path in asked.stdout.decode().split('\0') if path]


def main(file='tests/fixtures/excludes.json'):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(['git', 'init', '-q'], cwd=folder, check=True)
        for path in PATHS:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text('')
        cases = [{'patterns': each, 'excluded': left_out(folder, each)} for each in PATTERNS]
    lines = ',\n'.join(json.dumps(case, ensure_ascii=False) for case in cases)
    paths = json.dumps(PATHS, ensure_ascii=False)
    pathlib.Path(file).write_text(f'{{"paths": {paths},\n"cases": [\n{lines}\n]}}\n')


main(*sys.argv[1:])
