import { expect, test } from 'vitest'
import { slug } from '../../src/daemon/plan-attempt.ts'

test.each([
  ['Add a login endpoint', 'add-a-login-endpoint'],
  ['Überschrift: naïve café', 'uberschrift-naive-cafe'],
  ['../../etc/passwd', 'etc-passwd'],
  ['日本語', 'task'],
])('names the log of %s %s', (title, name) => {
  expect(slug(title)).toBe(name)
})
