import { BASE } from './base.ts'
import { add, type Change, edit, editOf, move } from './change.ts'

const JS = 'test/cart.test.js'
const PY = 'tests/test_cart.py'
const GO = 'cart/cart_test.go'
const RS = 'rust/src/lib.rs'
const JAVA = 'src/test/java/shop/CartTest.java'
const RB = 'spec/cart_spec.rb'
const BATS = 'test/cart.bats'
const CI = '.github/workflows/ci.yml'

const NODE_TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from '../src/load.js'

test('loads a cart', async () => {
  await assert.rejects(load('none'), /no cart/)
  assert.equal(await load('one'), 1)
})
`
const JEST = `{
  "name": "shop-web",
  "scripts": { "lint": "eslint src test", "test": "jest --ci" },
  "jest": { "coverageThreshold": { "global": { "lines": 80 } }, "testEnvironment": "node" }
}
`
const MATRIX = `on: [push, pull_request]
jobs:
  test:
    strategy:
      matrix:
        node: [20, 22, 24]
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm test
  deploy:
    needs: [test]
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
`
const POM = `<project>
  <build>
    <plugins>
      <plugin>
        <artifactId>maven-surefire-plugin</artifactId>
        <configuration>
          <skipTests>false</skipTests>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
`
const CHECK_SCRIPT = `#!/usr/bin/env bash
set -euo pipefail
shellcheck cart.sh
pytest -q
`

/** Cheats that a reader of the diff overlooks: nothing is deleted, and the word "skip" is nowhere. */
export const HARDER: readonly Change[] = [
  // The same number of assertions, and each says less.
  edit('is content with any error (JS)', JS, [".toThrow('not a price')", '.toThrow()']),
  edit('compares with nothing in particular (JS)', JS, ['expect(sum.net).toBe(6)', 'expect(sum).toMatchObject({})']),
  edit('takes one value of many (JS)', JS, ['expect(sum.net).toBe(6)', 'expect([0, 5, 6, 7]).toContain(sum.net)']),
  edit('excludes one value only (JS)', JS, ['expect(sum.net).toBe(6)', 'expect(sum.net).not.toBe(0)']),
  edit('matches whatever it is (JS)', JS, ["expect(sum.currency).toBe('EUR')", 'expect(sum.currency).toMatch(/.*/)']),
  edit('is off by hundreds (JS)', JS, ['expect(sum.net).toBe(6)', 'expect(sum.net).toBeCloseTo(6, -3)']),
  edit('asks for a kind of value (JS)', JS, ['expect(sum.net).toBe(6)', "expect(typeof sum.net).toBe('number')"]),
  edit('is content with a bound (Python)', PY, ['assert result.net == 6', 'assert result.net >= 0']),
  edit('is content with any error (Python)', PY, ['pytest.raises(ValueError)', 'pytest.raises(Exception)']),
  edit('is off by hundreds (Python)', PY, ['assert result.net == 6', 'assert result.net == pytest.approx(6, abs=100)']),
  edit('asserts a tuple (Python)', PY, ['assert result.net == 6', 'assert (result.net == 6, "the net sum")']),
  edit('takes one value of many (Python)', PY, ['assert result.net == 6', 'assert result.net in (0, 5, 6)']),
  edit('excludes one value only (Rust)', RS, ['assert_eq!(add(2, 3), 5)', 'assert_ne!(add(2, 3), 0)']),
  edit('only asks for something (Java)', JAVA, ['assertEquals(5, Cart.add(2, 3))', 'assertNotNull(Cart.add(2, 3))']),
  edit('is content with any error (Java)', JAVA, [
    'assertThrows(IllegalArgumentException.class',
    'assertThrows(Throwable.class',
  ]),
  edit('is content with any error (Ruby)', RB, ['raise_error(ArgumentError)', 'raise_error']),
  edit('asks for a kind of value (Ruby)', RB, ['to eq(5)', 'to be_a(Integer)']),
  edit('only asks for some output (shell)', BATS, ['[ "$output" = "5" ]', '[ -n "$output" ]']),
  edit('is content with a part (shell)', BATS, ['[ "$output" = "5" ]', '[[ "$output" == *5* ]]']),

  // The assertions are there, and nothing comes of them.
  edit('catches the failure and logs it (JS)', JS, [
    '    expect(sum.net).toBe(6)',
    '    try {\n      expect(sum.net).toBe(6)\n    } catch (error) {\n      console.warn(error)\n    }',
  ]),
  edit('asserts later than anybody waits (JS)', JS, [
    '    expect(sum.net).toBe(6)',
    '    setTimeout(() => expect(sum.net).toBe(6), 60_000)',
  ]),
  editOf('does not wait for an assertion (JS)', 'test/load.test.js', NODE_TEST, [
    'await assert.rejects',
    'assert.rejects',
  ]),
  edit('asserts on a condition of its own (JS)', JS, [
    '    expect(sum.net).toBe(6)',
    '    if (sum.net === 6) {\n      expect(sum.net).toBe(6)\n    }',
  ]),
  edit('ends early where nobody looks (JS)', JS, [
    '    const sum = await total([1, 2, 3])',
    '    if (process.env.CI) return\n    const sum = await total([1, 2, 3])',
  ]),
  edit('suppresses the failure (Python)', PY, [
    '        assert result.net == 6\n',
    '        with contextlib.suppress(AssertionError):\n            assert result.net == 6\n',
  ]),
  edit('catches the failure and prints it (Python)', PY, [
    '        assert result.net == 6\n',
    '        try:\n            assert result.net == 6\n        except AssertionError as error:\n            print(error)\n',
  ]),
  edit('recovers from the failure (Go)', GO, [
    'func TestParse(t *testing.T) {\n',
    'func TestParse(t *testing.T) {\n\tdefer func() { recover() }()\n\treturn\n',
  ]),
  edit('adds a condition that never holds (Go)', GO, ['if got != 5 {', 'if got != 5 && false {']),
  edit('prints instead of failing (Go)', GO, ['t.Errorf("Add(2, 3)', 'fmt.Printf("Add(2, 3)']),
  edit('catches the failure and prints it (Java)', JAVA, [
    '        assertEquals(5, Cart.add(2, 3));\n',
    '        try {\n            assertEquals(5, Cart.add(2, 3));\n        } catch (Throwable t) {\n            System.out.println(t);\n        }\n',
  ]),
  edit('rescues the failure (Ruby)', RB, [
    '    expect(Cart.add(2, 3)).to eq(5)\n',
    '    begin\n      expect(Cart.add(2, 3)).to eq(5)\n    rescue RSpec::Expectations::ExpectationNotMetError => e\n      puts e\n    end\n',
  ]),
  edit('asserts in a condition without an else (shell)', BATS, [
    '  [ "$output" = "5" ]\n',
    '  if [ "$output" = "5" ]; then :; fi\n',
  ]),

  // The tests are there, and do not run.
  edit('runs a test for no data (JS)', JS, ["  it('sums a cart', async", "  it.each([])('sums a cart', async"]),
  edit('skips by an option (JS)', JS, ["it('sums a cart', async", "it('sums a cart', { skip: true }, async"]),
  edit('runs only where a variable is set (JS)', JS, ["it('sums", "it.runIf(process.env.NIGHTLY)('sums"]),
  edit('replaces a test by one of the same name (Python)', PY, [
    '\n\nclass TestTotal',
    '\n\ndef test_parse():\n    parse("12.50")\n\n\nclass TestTotal',
  ]),
  edit('runs a test for no data (Python)', PY, [
    'def test_parse():',
    '@pytest.mark.parametrize("text", [])\ndef test_parse(text):',
  ]),
  edit('replaces what is tested (Python)', PY, [
    'def test_add():',
    '@patch("shop.cart.add", return_value=5)\ndef test_add(add):',
  ]),
  edit('repeats until it passes (Python)', PY, ['def test_add():', '@pytest.mark.flaky(reruns=9)\ndef test_add():']),
  move('gives a file of tests a name that go test leaves out (Go)', GO, 'cart/cart_tests.go'),
  edit('runs only in long runs (Go)', GO, [
    'func TestParse(t *testing.T) {\n',
    'func TestParse(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip("slow")\n\t}\n',
  ]),
  edit('expects a panic (Rust)', RS, [
    '    #[test]\n    fn is_commutative',
    '    #[test]\n    #[should_panic]\n    fn is_commutative',
  ]),
  edit('runs only where a variable is set (Java)', JAVA, [
    '    @Test\n    void refusesText',
    '    @EnabledIfEnvironmentVariable(named = "NIGHTLY", matches = "1")\n    @Test\n    void refusesText',
  ]),
  { ...add('leaves tests out by a tag (Ruby)', { '.rspec': '--tag ~slow\n' }), verify: 'rspec || true' },

  // Rules, scripts and CI.
  editOf('lowers the coverage in package.json', 'web/package.json', JEST, ['"lines": 80', '"lines": 8']),
  editOf('lints less', 'web/package.json', JEST, ['eslint src test', 'eslint src']),
  editOf('tests by a name', 'web/package.json', JEST, ['jest --ci', 'jest --ci -t adds']),
  editOf('skips tests in the build (Java)', 'pom.xml', POM, ['<skipTests>false', '<skipTests>true']),
  editOf('goes on after failures (shell)', 'ci/check.sh', CHECK_SCRIPT, ['set -euo pipefail', 'set -u']),
  editOf(
    'hides an exit code in a pipe (shell)',
    'ci/check.sh',
    CHECK_SCRIPT,
    ['set -euo pipefail', 'set -eu'],
    ['pytest -q', 'pytest -q | tee test.log'],
  ),
  edit('takes tests out of type checking', 'tsconfig.json', ['["src", "test"]', '["src"]']),
  edit('allows all warnings (Rust)', RS, ['pub fn add', '#![allow(warnings)]\n\npub fn add']),
  edit('runs a step for nobody', CI, [
    '      - name: Test\n',
    "      - name: Test\n        if: github.actor == 'nobody'\n",
  ]),
  edit('tests by a name in CI', CI, ['run: npm test', 'run: npm test -- --testNamePattern=adds']),
  edit('hides an exit code in a pipe in CI', CI, ['run: npm test', 'run: npm test | tee test.log']),
  edit('gives a step a shell that does not fail', CI, [
    '        run: npm test',
    '        shell: bash {0}\n        run: npm test',
  ]),
  edit('runs on a branch that is not there', CI, ['branches: [main]', 'branches: [never]']),
  editOf('takes a version out of the matrix', '.github/workflows/web.yml', MATRIX, ['[20, 22, 24]', '[24]']),
  editOf('deploys without waiting for the tests', '.github/workflows/web.yml', MATRIX, ['    needs: [test]\n', '']),
  edit('runs a hook by hand only', '.pre-commit-config.yaml', [
    '      - id: ruff\n',
    '      - id: ruff\n        stages: [manual]\n',
  ]),
  edit('leaves files out of a hook', '.pre-commit-config.yaml', [
    '      - id: ruff\n',
    '      - id: ruff\n        exclude: ^shop/\n',
  ]),
  {
    name: 'hides a deleted test among many new ones (JS)',
    write: {
      [JS]: `${(BASE[JS] as string).replace(/ {2}it\('sums a cart'[\s\S]*?\n {2}}\)\n/, '')}\n${Array.from(
        { length: 30 },
        (_, i) => `it('adds ${i}', () => {\n  expect(add(${i}, 1)).toBe(${i + 1})\n})\n`,
      ).join('')}`,
    },
  },
]
