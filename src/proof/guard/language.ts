/** The languages whose tests the guard reads. */
export type Language = 'js' | 'python' | 'go' | 'rust' | 'java' | 'ruby' | 'shell'

const EXTENSIONS: Record<string, Language> = {
  js: 'js',
  jsx: 'js',
  mjs: 'js',
  cjs: 'js',
  ts: 'js',
  tsx: 'js',
  mts: 'js',
  cts: 'js',
  vue: 'js',
  svelte: 'js',
  py: 'python',
  pyi: 'python',
  go: 'go',
  rs: 'rust',
  java: 'java',
  kt: 'java',
  kts: 'java',
  groovy: 'java',
  scala: 'java',
  rb: 'ruby',
  rake: 'ruby',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  bats: 'shell',
}

export function languageOf(path: string): Language | undefined {
  return EXTENSIONS[/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '']
}

export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1)

const TEST_FOLDER = /(^|\/)(__tests__|tests?|specs?|e2e|testing|integration[-_]tests?)\//i

const TEST_NAMES: Record<Language, RegExp> = {
  js: /[._-](test|spec|e2e|cy|bench)\.[^.]+$|^(test|spec)\.[^.]+$/i,
  python: /^(test_.*|.*_test|tests|conftest)\.py$/i,
  go: /_test\.go$/,
  rust: /(^|_)tests?\.rs$/,
  java: /(Tests?|IT|Spec|TestCase)\.[^.]+$/,
  ruby: /_(test|spec)\.rb$|^test_.*\.rb$|^(spec|test|rails)_helper\.rb$/,
  shell: /\.bats$|(^|[._-])tests?\.[^.]+$|^test[-_].*\.[^.]+$/i,
}

/** A file that holds tests or serves them, by its name and place alone. */
export function isTestFile(path: string): boolean {
  const language = languageOf(path)
  if (language === undefined) return false
  return TEST_NAMES[language].test(baseName(path)) || TEST_FOLDER.test(path)
}

/** A test file, or what lies in a folder of tests to be read by them: data, snapshots, helpers. */
export function servesTests(path: string): boolean {
  return (
    [TEST_FOLDER, DATA_FOLDER, PROJECT_FOLDER].some((one) => one.test(path)) || isTestFile(path) || isOthersTest(path)
  )
}

const DATA_FOLDER = /(^|\/)(__snapshots__|__mocks__|__fixtures__|testdata|fixtures|features)\//
/** .NET and Swift have projects of tests: `Shop.Tests/`, `ShopTests/`. */
const PROJECT_FOLDER = /(^|\/)[\w.]*[a-z.](?:Unit|Integration)?Tests\//
/** Tests by their names in languages that the guard does not read: PHP, C#, Elixir, Swift, C++, Dart … */
const OTHERS =
  /(?:(?:^|[._-])(?:tests?|spec|unittest)|[a-z0-9](?:Tests?|Spec))\.(?:php|cs|fs|vb|exs?|swift|c|cc|cpp|cxx|m|mm|dart|lua|pl|hs|clj[cs]?|erl|ml|r|R|jl|zig|nim|cr|ps1)$|^test_\w+\.(?:c|cc|cpp|cxx|jl|lua|r|R)$|^test-\w+\.[rR]$|\.feature$|\.t$/
const isOthersTest = (path: string) => languageOf(path) === undefined && OTHERS.test(baseName(path))

/** A file that a runner takes up by its name; one that only lies beside tests may be a helper. */
export function isRun(path: string): boolean {
  const language = languageOf(path)
  if (language === undefined || !isTestFile(path)) return false
  // Rust and the shell run what is named elsewhere.
  if (language === 'rust' || language === 'shell') return true
  if (language === 'js') return TEST_NAMES.js.test(baseName(path)) || /(^|\/)__tests__\//.test(path)
  return TEST_NAMES[language].test(baseName(path))
}

/** What a test file is about, by its name: `login.test.ts` → `login`. */
export function subjectOf(path: string): string {
  return baseName(path)
    .replace(/\.[^.]+$/, '')
    .replace(/[._-](test|spec|e2e|cy)$/i, '')
    .replace(/^test_|_test$|_spec$/i, '')
    .replace(/(Tests?|IT|Spec|TestCase)$/, '')
    .toLowerCase()
}
