import type { Finding } from '../../core/types.ts'
import { baseName, isTestFile, languageOf, subjectOf } from './language.ts'
import { lineDiff } from './lines.ts'
import { mask } from './mask.ts'
import type { ChangedFile } from './types.ts'

/** Signs by which a program notices that it is being tested. */
const KNOWS =
  /\b(?:VITEST|JEST_WORKER_ID|PYTEST_CURRENT_TEST|MOCHA_\w+|CYPRESS|PLAYWRIGHT_TEST|GO_TEST|CARGO_TEST|BATS_\w+|RSPEC\w*)\b|["']pytest["']\s+in\s+sys\.modules|sys\.modules\[?\(?["']pytest|sys\.argv\[0\].*(?:pytest|test)|process\.argv.*(?:jest|vitest|mocha)|testing\.Testing\(\)|typeof\s+(?:jest|vi|describe|it)\s*[!=]==?|\bcfg!\(test\)|inspect\.stack\(\).*test|new Error\(\)\.stack.*test|flag\.Lookup\(["']test\.v/
const MAY_KNOW = /NODE_ENV\s*[!=]==?\s*["']test["']|RAILS_ENV.*test|Rails\.env\.test\?|APP_ENV.*["']test["']/
const ALWAYS_EQUAL =
  /__eq__\s*\([^)]*\)[^:]*:\s*return True|boolean equals\(Object \w+\)\s*\{\s*return true;?\s*\}|def ==\(\w+\)\s*[;\n]?\s*true\s*[;\n]?\s*end|toString\(\)\s*\{\s*return expected/

/** Ways to make a runner report what did not happen, in files that serve tests. */
const RIGGED: [RegExp, string][] = [
  [
    /\b(?:process\.exit|os\._exit|sys\.exit|os\.Exit|std::process::exit|System\.exit|exit!?)\s*\(?\s*0\s*\)?/,
    'The tests exit as if everything passed.',
  ],
  [
    /expect\.extend\(|\bpass:\s*true\b|(?:global|globalThis|window)\.(?:expect|it|test|describe|assert)\s*=|(?:const|let|var)\s+(?:it|test|describe|expect|assert)\s*=(?!=)(?!\s*(?:require|await import|base|\w+\.extend))|function\s+(?:expect|assert)\s*\(/,
    'The assertions that tests use were replaced.',
  ],
  [
    /def\s+pytest_(?:collection_modifyitems|runtest_makereport|runtest_call|ignore_collect|pyfunc_call|sessionfinish|collect_file|runtest_protocol|report_teststatus|runtest_logreport)\b|unittest\.TestCase\.\w+\s*=|report\.outcome\s*=|items\[:\]\s*=/,
    'The way tests are collected or reported was changed.',
  ],
  [
    /(?:jest|vi|test)\.(?:retryTimes|setConfig)\(.*retr|@(?:pytest\.mark\.)?flaky\b|(?<![\w.$])(?:it|test|describe)(?:\.\w+)*\([^\n]*\{[^}\n]*\bretr(?:y|ies)\s*:\s*[1-9]|\bthis\.retries\([1-9]|@Retry|@RepeatedIfExceptions/,
    'Tests are repeated until they pass.',
  ],
  [/func\s+TestMain\s*\(/, 'The way tests are started was changed.'],
  [
    /panic::set_hook|signal\.signal\(.*SIGTERM|Test::Unit::AutoRunner\.need_auto_run\s*=\s*false|Minitest::Runnable|RSpec::Core::ExampleGroup\.class_eval|at_exit\s*(?:\{|do)\s*exit/,
    'The way tests report failures was changed.',
  ],
]

/** Code that behaves otherwise when it is tested, and tests that are rigged. */
export function testAware(files: readonly ChangedFile[]): Finding[] {
  return files.flatMap(({ path, before, after }): Finding[] => {
    const language = languageOf(path)
    if (after === undefined || language === undefined) return []
    const code = mask(after, language).code
    const { added } = lineDiff(mask(before ?? '', language).code, code)
    const found: Finding[] = []
    const tell = (pattern: RegExp, weight: Finding['weight'], kind: string, text: string) => {
      const line = added.find((one) => pattern.test(one.text))
      if (line) found.push({ kind, weight, path, line: line.line, text, detail: `+ ${line.text.slice(0, 300)}` })
    }
    if (ALWAYS_EQUAL.test(code) && !ALWAYS_EQUAL.test(before ?? ''))
      found.push({ kind: 'rigged', weight: 'ask', path, text: 'Something is made equal to everything.' })
    if (!isTestFile(path)) {
      if (isConfig(path)) return found
      tell(KNOWS, 'ask', 'test-aware', 'The code behaves differently when it is tested.')
      tell(MAY_KNOW, 'tell', 'test-aware', 'The code asks whether it is being tested.')
      return found
    }
    // A string is not a command of the test's own: it may be input for the program under test.
    const bare = mask(after, language).bare.split('\n')
    for (const [pattern, text] of RIGGED)
      if (added.some(({ line }) => pattern.test(bare[line - 1] ?? ''))) tell(pattern, 'ask', 'rigged', text)
    if (before !== undefined) {
      const mocked = added.find(
        ({ text }) => subjectOf(path) !== '' && mockedBy(text)?.toLowerCase() === subjectOf(path),
      )
      if (mocked)
        found.push({
          kind: 'test-mocked',
          weight: 'ask',
          path,
          line: mocked.line,
          text: 'What is tested was replaced by a stand-in.',
          detail: `+ ${mocked.text.slice(0, 300)}`,
        })
    }
    return found
  })
}

const isConfig = (path: string) => /\.config\.\w+$|^\.|(^|\/)(scripts?|tools)\//.test(baseName(path))

/** The module that a line replaces by a stand-in. */
function mockedBy(text: string): string | undefined {
  const js = /\b(?:jest|vi)\.(?:do)?mock\(\s*["'`](\.[^"'`]*)/.exec(text)?.[1]
  if (js) return baseName(js).replace(/\.\w+$/, '')
  const python = /\bpatch(?:\.object)?\(\s*["']([\w.]+)["']/.exec(text)?.[1]
  return python?.split('.').at(-2)
}
