/** The files of a small project in every language that the guard reads; cheats and honest changes start from it. */
export type Files = Record<string, string>

export const JS_TEST = `import { describe, expect, it } from 'vitest'
import { add, parse, total } from '../src/cart.js'

describe('the cart', () => {
  it('adds two prices', () => {
    expect(add(2, 3)).toBe(5)
    expect(add(-1, 1)).toBe(0)
  })

  it('refuses what is no price', () => {
    expect(() => parse('abc')).toThrow('not a price')
    expect(parse('12.50')).toEqual({ amount: 12.5, currency: 'EUR' })
  })

  it('sums a cart', async () => {
    const sum = await total([1, 2, 3])
    expect(sum.net).toBe(6)
    expect(sum.tax).toBe(1.14)
    expect(sum.currency).toBe('EUR')
  })
})
`

export const PY_TEST = `import pytest

from shop.cart import add, parse, total


def test_add():
    assert add(2, 3) == 5
    assert add(-1, 1) == 0


def test_parse():
    with pytest.raises(ValueError):
        parse("abc")
    assert parse("12.50") == {"amount": 12.5, "currency": "EUR"}


class TestTotal:
    def test_sum(self):
        result = total([1, 2, 3])
        assert result.net == 6
        assert result.tax == 1.14
`

export const GO_TEST = `package cart

import "testing"

func TestAdd(t *testing.T) {
	got := Add(2, 3)
	if got != 5 {
		t.Errorf("Add(2, 3) = %d, want 5", got)
	}
	if got := Add(-1, 1); got != 0 {
		t.Fatalf("Add(-1, 1) = %d, want 0", got)
	}
}

func TestParse(t *testing.T) {
	if _, err := Parse("abc"); err == nil {
		t.Fatal("Parse accepts abc")
	}
}
`

export const RUST_SOURCE = `pub fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(2, 3), 5);
        assert_eq!(add(-1, 1), 0);
    }

    #[test]
    fn is_commutative() {
        assert_eq!(add(1, 2), add(2, 1));
    }
}
`

export const JAVA_TEST = `package shop;

import static org.junit.jupiter.api.Assertions.*;
import org.junit.jupiter.api.Test;

class CartTest {
    @Test
    void addsPrices() {
        assertEquals(5, Cart.add(2, 3));
        assertEquals(0, Cart.add(-1, 1));
    }

    @Test
    void refusesText() {
        assertThrows(IllegalArgumentException.class, () -> Cart.parse("abc"));
    }
}
`

export const RUBY_TEST = `require 'spec_helper'

RSpec.describe Cart do
  it 'adds two prices' do
    expect(Cart.add(2, 3)).to eq(5)
    expect(Cart.add(-1, 1)).to eq(0)
  end

  it 'refuses what is no price' do
    expect { Cart.parse('abc') }.to raise_error(ArgumentError)
  end
end
`

export const BATS_TEST = `#!/usr/bin/env bats

@test "prints the sum" {
  run ./cart.sh add 2 3
  [ "$status" -eq 0 ]
  [ "$output" = "5" ]
}

@test "refuses text" {
  run ./cart.sh add abc
  [ "$status" -eq 2 ]
}
`

export const WORKFLOW = `name: CI
on:
  push:
    branches: [main]
  pull_request:

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - name: Lint
        run: npm run lint
      - name: Test
        run: npm test
`

export const PACKAGE = `{
  "name": "shop",
  "version": "1.0.0",
  "scripts": {
    "build": "tsc -p .",
    "lint": "eslint src test",
    "test": "sh scripts/test.sh",
    "coverage": "vitest run --coverage"
  },
  "dependencies": { "left-pad": "1.3.0" }
}
`

export const BASE: Files = {
  'src/cart.js': `export const add = (a, b) => a + b
export function parse(text) {
  if (!/^[\\d.]+$/.test(text)) throw new Error('not a price')
  return { amount: Number(text), currency: 'EUR' }
}
export async function total(prices) {
  const net = prices.reduce(add, 0)
  return { net, tax: Math.round(net * 19) / 100, currency: 'EUR' }
}
`,
  'test/cart.test.js': JS_TEST,
  'test/__snapshots__/page.test.js.snap': `exports[\`the page 1\`] = \`
<h1>Cart</h1>
\`;
`,
  'test/inline.test.js': `import { expect, it } from 'vitest'
import { page } from '../src/page.js'

it('renders the page', () => {
  expect(page('Cart')).toMatchInlineSnapshot(\`"<h1>Cart</h1>"\`)
})
`,
  'src/page.js': `export const page = (title) => \`<h1>\${title}</h1>\`\n`,
  'shop/cart.py': `def add(a, b):
    return a + b
`,
  'tests/test_cart.py': PY_TEST,
  'cart/cart.go': `package cart

func Add(a, b int) int { return a + b }
`,
  'cart/cart_test.go': GO_TEST,
  'rust/src/lib.rs': RUST_SOURCE,
  'src/test/java/shop/CartTest.java': JAVA_TEST,
  'src/main/java/shop/Cart.java': `package shop;

class Cart {
    static int add(int a, int b) { return a + b; }
}
`,
  'spec/cart_spec.rb': RUBY_TEST,
  'lib/cart.rb': `class Cart
  def self.add(a, b) = a + b
end
`,
  'test/cart.bats': BATS_TEST,
  'cart.sh': `#!/bin/sh
echo $(($2 + $3))
`,
  'scripts/test.sh': `#!/bin/sh
set -e
node --check src/cart.js
`,
  Makefile: `.PHONY: test lint build

test: lint
\tsh scripts/test.sh

lint:
\tnpx eslint src

build:
\tnpx tsc -p .
`,
  'package.json': PACKAGE,
  '.github/workflows/ci.yml': WORKFLOW,
  'vitest.config.js': `export default {
  test: {
    include: ['test/**/*.test.js'],
    coverage: {
      thresholds: { lines: 90, branches: 85 },
    },
  },
}
`,
  'eslint.config.js': `export default [
  {
    ignores: ['dist/**'],
    rules: {
      'no-console': 'error',
      'no-unused-vars': 'error',
      eqeqeq: 'error',
    },
  },
]
`,
  'tsconfig.json': `{
  "compilerOptions": {
    "strict": true,
    "noUnusedLocals": true,
    "target": "es2022"
  },
  "include": ["src", "test"]
}
`,
  'pyproject.toml': `[project]
name = "shop"
version = "1.0.0"

[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.coverage.report]
fail_under = 90

[tool.ruff.lint]
select = ["E", "F"]
ignore = ["E501"]

[tool.mypy]
strict = true
`,
  '.pre-commit-config.yaml': `repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.5.0
    hooks:
      - id: ruff
      - id: ruff-format
`,
  '.rubocop.yml': `Style/StringLiterals:
  Enabled: true
`,
  '.husky/pre-commit': `npm run lint
npm test
`,
  'README.md': '# Shop\n',
  '.gitignore': 'node_modules/\nout/\n*.log\n',
}
