import { expect, test } from 'vitest'
import { slug } from '../../src/text/slug.ts'

test.each([
  ['Add a login endpoint', 'add-a-login-endpoint'],
  ['Überschrift: naïve café', 'uberschrift-naive-cafe'],
  ['../../etc/passwd', 'etc-passwd'],
  ['a cut never ends in a dash, or so', 'a-cut-never-ends-in-a-da'],
  ['日本語', ''],
])('makes of %s the name %s', (title, name) => {
  expect(slug(title, 24)).toBe(name)
})
