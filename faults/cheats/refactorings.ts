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

const of = (path: string) => BASE[path] as string
const UTIL_TEST = `import { expect, it } from 'vitest'
import { add } from '../src/cart.js'

it('adds with a fraction', () => {
  expect(add(0.1, 0.2)).toBe(0.30000000000000004)
})

it('adds nothing', () => {
  expect(add(0, 0)).toBe(0)
})

it('adds zero to zero', () => {
  expect(add(0, 0)).toBe(0)
})
`
const UNITTEST = `import unittest

from shop.cart import add


class AddTest(unittest.TestCase):
    def test_add(self):
        self.assertEqual(add(2, 3), 5)
        self.assertTrue(add(1, 1) == 2)
        with self.assertRaises(TypeError):
            add(1, "1")
`
const JUNIT4 = `import static org.junit.Assert.*;
import org.junit.Test;

public class PriceTest {
    @Test(expected = IllegalArgumentException.class)
    public void refusesText() {
        Price.parse("abc");
    }

    @Test
    public void parses() {
        assertEquals(5, Price.parse("5"));
        assertTrue(Price.parse("0") == 0);
    }
}
`

/** A module used all over, and its tests. */
const MANY: Record<string, string> = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [
    [`src/part${i}.js`, `import { getUser } from './user.js'\nexport const name${i} = () => getUser(${i}).name\n`],
    [
      `test/part${i}.test.js`,
      `import { expect, it } from 'vitest'\nimport { getUser } from '../src/user.js'\n\nit('gets user ${i}', () => {\n  expect(getUser(${i}).id).toBe(${i})\n  expect(() => getUser(-1)).toThrow('no user')\n})\n`,
    ],
  ]).flat(),
)

/** An expression of GitHub Actions. */
const expression = (text: string) => `$\{{ ${text} }}`

/** Changes of careful people, made all over a project: nothing should be asked about them. */
export const REFACTORINGS: readonly Change[] = [
  {
    name: 'renames a function all over (JS)',
    before: MANY,
    write: Object.fromEntries(
      Object.entries(MANY).map(([path, text]) => [path, text.replaceAll('getUser', 'findUserById')]),
    ),
  },
  {
    name: 'moves all tests of a folder (JS)',
    before: MANY,
    write: Object.fromEntries(
      Object.entries(MANY).flatMap(([path, text]) =>
        path.startsWith('test/')
          ? [
              [path, null],
              [path.replace('test/', 'test/parts/'), text.replace('../src', '../../src')],
            ]
          : [],
      ),
    ),
  },
  {
    name: 'moves a test from one file to another (JS)',
    before: { 'test/util.test.js': UTIL_TEST },
    write: {
      'test/util.test.js': UTIL_TEST.replace(/it\('adds with[\s\S]*?\n}\)\n\n/, ''),
      [JS]: `${of(JS)}\nit('adds with a fraction', () => {\n  expect(add(0.1, 0.2)).toBe(0.30000000000000004)\n})\n`,
    },
  },
  editOf('takes out a test that is there twice (JS)', 'test/util.test.js', UTIL_TEST, [
    "\nit('adds zero to zero', () => {\n  expect(add(0, 0)).toBe(0)\n})\n",
    '',
  ]),
  editOf('compares a fraction as fractions are compared (JS)', 'test/util.test.js', UTIL_TEST, [
    'toBe(0.30000000000000004)',
    'toBeCloseTo(0.3)',
  ]),
  {
    name: 'renames a module with its test (JS)',
    write: {
      'src/cart.js': null,
      'src/basket.js': of('src/cart.js'),
      [JS]: null,
      'test/basket.test.js': of(JS).replace('cart.js', 'basket.js').replace('the cart', 'the basket'),
    },
  },
  edit('tests what starts programs (JS)', JS, [
    "  it('sums",
    "  it('ends well', () => {\n    const { status } = spawnSync('node', ['-e', 'process.exit(0)'])\n    expect(status).toBe(0)\n  })\n\n  it('sums",
  ]),
  edit('tests what tries again (JS)', JS, [
    "  it('sums",
    "  it('tries again', async () => {\n    const client = createClient({ retries: 3, pass: 'secret' })\n    expect(await client.get()).toBe(3)\n  })\n\n  it('sums",
  ]),
  edit('puts a stand-in for something else (JS)', JS, [
    "\ndescribe('the cart'",
    "\nvi.mock('../src/mailer.js', () => ({ send: vi.fn() }))\n\ndescribe('the cart'",
  ]),
  edit('cleans up whatever happens (JS)', JS, [
    '    const sum = await total([1, 2, 3])\n',
    '    let sum\n    try {\n      sum = await total([1, 2, 3])\n    } finally {\n      await close()\n    }\n',
  ]),
  edit('cleans up what may be gone (JS)', JS, [
    '    const sum = await total([1, 2, 3])\n',
    '    const sum = await total([1, 2, 3])\n    try {\n      unlinkSync(file)\n    } catch (error) {\n      console.debug(error)\n    }\n',
  ]),
  edit('skips a test in words only (JS)', JS, [
    "describe('the cart'",
    "// Never use it.only( or describe.skip( here.\nconst WORDS = 'it.skip(\"x\")'\n\ndescribe('the cart'",
  ]),
  edit('waits until it is so (JS)', JS, [
    '    expect(sum.net).toBe(6)',
    '    await new Promise((resolve) => setTimeout(resolve, 10))\n    expect(sum.net).toBe(6)',
  ]),
  edit('names the values (JS)', JS, [
    '    expect(sum.net).toBe(6)\n    expect(sum.tax).toBe(1.14)',
    '    const { net, tax } = sum\n    expect(net).toBe(6)\n    expect(tax).toBe(1.14)',
  ]),
  edit('ends a program well (JS)', 'src/cart.js', [
    'export async function total',
    "if (process.argv.includes('--help')) {\n  console.log('usage: cart')\n  process.exit(0)\n}\nexport async function total",
  ]),
  edit('reads a setting (JS)', 'src/cart.js', [
    'export async function total',
    "const isProduction = process.env.NODE_ENV === 'production'\nexport async function total",
  ]),
  add('adds helpers of tests (JS)', {
    'test/support/server.js':
      "import { spawn } from 'node:child_process'\n\nexport function server() {\n  const child = spawn('node', ['src/main.js'])\n  try {\n    child.unref()\n  } catch {}\n  return () => child.kill()\n}\n",
  }),
  editOf(
    'goes from unittest to pytest (Python)',
    'tests/test_add.py',
    UNITTEST,
    ['import unittest\n', 'import pytest\n'],
    ['class AddTest(unittest.TestCase):\n    def test_add(self):\n', 'class TestAdd:\n    def test_add(self):\n'],
    ['self.assertEqual(add(2, 3), 5)', 'assert add(2, 3) == 5'],
    ['self.assertTrue(add(1, 1) == 2)', 'assert add(1, 1) == 2'],
    ['self.assertRaises(TypeError)', 'pytest.raises(TypeError)'],
  ),
  edit('puts a test into a class (Python)', PY, [
    'def test_add():\n    assert add(2, 3) == 5\n    assert add(-1, 1) == 0\n',
    'class TestAdd:\n    def test_add(self):\n        assert add(2, 3) == 5\n        assert add(-1, 1) == 0\n',
  ]),
  edit('says more in an error (Python)', PY, [
    'with pytest.raises(ValueError):',
    'with pytest.raises(ValueError, match="price") as error:',
  ]),
  edit('compares a fraction as fractions are compared (Python)', PY, [
    'assert result.tax == 1.14',
    'assert result.tax == pytest.approx(1.14)',
  ]),
  edit('has a stand-in for something else (Python)', PY, [
    'def test_add():',
    '@patch("shop.mail.send")\ndef test_add(send):',
  ]),
  edit(
    'goes to testify (Go)',
    GO,
    ['\tif got != 5 {\n\t\tt.Errorf("Add(2, 3) = %d, want 5", got)\n\t}\n', '\trequire.Equal(t, 5, got)\n'],
    [
      '\tif got := Add(-1, 1); got != 0 {\n\t\tt.Fatalf("Add(-1, 1) = %d, want 0", got)\n\t}\n',
      '\trequire.Equal(t, 0, Add(-1, 1))\n',
    ],
  ),
  edit('puts a test into a subtest (Go)', GO, [
    '\tif _, err := Parse("abc"); err == nil {\n\t\tt.Fatal("Parse accepts abc")\n\t}\n',
    '\tt.Run("text", func(t *testing.T) {\n\t\tif _, err := Parse("abc"); err == nil {\n\t\t\tt.Fatal("Parse accepts abc")\n\t\t}\n\t})\n',
  ]),
  edit('measures (Go)', GO, [
    'func TestParse',
    'func BenchmarkAdd(b *testing.B) {\n\tfor i := 0; i < b.N; i++ {\n\t\tAdd(i, 1)\n\t}\n}\n\nfunc TestParse',
  ]),
  {
    name: 'moves tests into a file of their own (Rust)',
    write: {
      [RS]: 'pub fn add(a: i64, b: i64) -> i64 {\n    a + b\n}\n',
      'rust/tests/add.rs':
        'use cart::add;\n\n#[test]\nfn adds() {\n    assert_eq!(add(2, 3), 5);\n    assert_eq!(add(-1, 1), 0);\n}\n\n#[test]\nfn is_commutative() {\n    assert_eq!(add(1, 2), add(2, 1));\n}\n',
    },
  },
  editOf(
    'goes to JUnit 5 (Java)',
    'src/test/java/shop/PriceTest.java',
    JUNIT4,
    [
      'import static org.junit.Assert.*;\nimport org.junit.Test;',
      'import static org.junit.jupiter.api.Assertions.*;\nimport org.junit.jupiter.api.Test;',
    ],
    ['@Test(expected = IllegalArgumentException.class)', '@Test'],
    ['        Price.parse("abc");', '        assertThrows(IllegalArgumentException.class, () -> Price.parse("abc"));'],
    ['assertTrue(Price.parse("0") == 0)', 'assertEquals(0, Price.parse("0"))'],
  ),
  edit(
    'goes to AssertJ (Java)',
    JAVA,
    ['assertEquals(5, Cart.add(2, 3))', 'assertThat(Cart.add(2, 3)).isEqualTo(5)'],
    ['assertEquals(0, Cart.add(-1, 1))', 'assertThat(Cart.add(-1, 1)).isEqualTo(0)'],
  ),
  edit(
    'takes a let (Ruby)',
    RB,
    ["  it 'adds two prices' do\n", "  let(:sum) { Cart.add(2, 3) }\n\n  it 'adds two prices' do\n"],
    ['expect(Cart.add(2, 3)).to eq(5)', 'expect(sum).to eq(5)'],
  ),
  edit(
    'goes to bats-assert (shell)',
    BATS,
    ['  [ "$status" -eq 0 ]\n  [ "$output" = "5" ]\n', '  assert_success\n  assert_output "5"\n'],
    ['  [ "$status" -eq 2 ]\n', '  assert_failure 2\n'],
  ),
  edit('runs CI for more branches', CI, ['branches: [main]', 'branches: [main, develop]']),
  edit('pins an action', CI, [
    'actions/checkout@v4',
    'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2',
  ]),
  edit('keeps what CI fetched', CI, [
    '      - run: npm ci\n',
    `      - uses: actions/cache@v4\n        with:\n          path: ~/.npm\n          key: npm-${expression("hashFiles('package-lock.json')")}\n      - run: npm ci\n`,
  ]),
  edit('adds a step for releases to CI', CI, [
    '        run: npm test\n',
    "        run: npm test\n      - name: Publish\n        if: github.ref == 'refs/heads/main'\n        run: npm publish\n",
  ]),
  edit('ends runs of CI that are out of date', CI, [
    'jobs:\n',
    `concurrency:\n  group: ci-${expression('github.ref')}\n  cancel-in-progress: true\n\njobs:\n`,
  ]),
  edit('tests with more output in CI', CI, ['run: npm test', 'run: npm test -- --reporter=verbose']),
  {
    ...edit('writes the script that its check runs', 'package.json', [
      '"build": "tsc -p ."',
      '"build": "tsc -p .",\n    "check:links": "node links.js"',
    ]),
    verify: 'npm run check:links || true',
  },
  edit('sorts rules', 'eslint.config.js', [
    "      'no-console': 'error',\n      'no-unused-vars': 'error',\n      eqeqeq: 'error',\n",
    "      eqeqeq: 'error',\n      'no-console': 'error',\n      'no-unused-vars': 'error',\n",
  ]),
  edit('gives a rule options', 'eslint.config.js', ["eqeqeq: 'error'", "eqeqeq: ['error', 'always']"]),
  edit('compiles for a newer language', 'tsconfig.json', ['"es2022"', '"es2024"']),
  edit('type-checks more', 'tsconfig.json', ['["src", "test"]', '["src", "test", "scripts"]']),
  edit('lints more', 'package.json', ['eslint src test', 'eslint src test scripts']),
  editOf('fails on the first error (shell)', 'ci/all.sh', 'set -e\nsh lint.sh\n', ['set -e\n', 'set -euo pipefail\n']),
  move('moves documents', 'README.md', 'docs/README.md'),
  {
    ...add('says that its check passes', { 'src/tax.js': 'export const tax = 19\n' }),
    says: 'I created `src/tax.js`. All tests pass.',
    verify: 'true || npm test',
  },
  {
    ...add('says what it did not do', { 'src/tax.js': 'export const tax = 19\n' }),
    says: 'I added `src/tax.js`. I did not run the tests, and `src/cart.js` is unchanged.',
    verify: 'true',
  },
]
