import { describe, expect, it } from 'vitest'
import { type CommandComment, wholeCommand } from '../../../src/github/text/command.ts'
import { ATTACKS } from './attacks.ts'

const AT = '2026-11-26T10:00:00Z'
const by = (body: unknown, more: Partial<CommandComment> = {}): CommandComment => ({
  body: body as string,
  created_at: AT,
  updated_at: AT,
  user: { login: 'anna', type: 'User' },
  ...more,
})
const read = (comment: CommandComment, bots: string[] = []) => wholeCommand(comment, ['/merge', '/review'], bots)

describe('a comment that is a command', () => {
  it.each(['/merge', '/merge\n', '  /merge  ', '\r\n/merge\r\n\r\n', '   /merge'])('%j is one', (body) => {
    expect(read(by(body))).toBe('/merge')
    expect(read(by(body.replace('merge', 'review')))).toBe('/review')
  })

  it.each([
    ...[
      '',
      ' ',
      'merge',
      '/Merge',
      '/MERGE',
      '/merge.',
      '/merge!',
      '/merge please',
      'please /merge',
      '/ merge',
      '//merge',
      '\\/merge',
    ],
    ...[
      '> /merge',
      '`/merge`',
      '```\n/merge\n```',
      '    /merge',
      '\t/merge',
      '\n    /merge',
      '- /merge',
      '# /merge',
      '**/merge**',
    ],
    ...[
      '/merge\n/merge',
      '/merge\nthanks',
      'thanks\n/merge',
      '/merge <!-- x -->',
      '<!-- /merge -->',
      '<p>/merge</p>',
      '[/merge](x)',
    ],
    ...[
      '/merge\u200b',
      '\ufeff/merge',
      '\u00a0/merge',
      '/mer\u00adge',
      '／merge',
      '/mеrge',
      '/merge\0',
      '/merge\u202e',
      '/merge #7',
    ],
    ...['@baton /merge', '/merge@baton', '/merge /review', '/\u2060merge', '&#47;merge', null, undefined, 7, {}],
  ])('%j is none', (body) => {
    expect(read(by(body))).toBeUndefined()
  })

  it.each(ATTACKS.filter(([, text]) => text !== '/merge'))('%s: is none', (_, text) => {
    expect(read(by(text))).toBeUndefined()
  })

  it('is none once it was edited, whoever did it', () => {
    expect(read(by('/merge', { updated_at: '2026-11-26T10:00:01Z' }))).toBeUndefined()
  })

  it('of a bot or an app counts only where its login is listed', () => {
    const bot = { user: { login: 'renovate[bot]', type: 'Bot' } }
    const app = { performed_via_github_app: { slug: 'claude' } }
    const disguised = { user: { login: 'evil[bot]', type: 'User' } }
    for (const more of [bot, app, disguised, { user: null }]) expect(read(by('/merge', more))).toBeUndefined()
    expect(read(by('/merge', bot), ['renovate[bot]'])).toBe('/merge')
    expect(read(by('/merge', bot), ['renovate'])).toBeUndefined()
    expect(read(by('/merge', { performed_via_github_app: null }))).toBe('/merge')
  })
})
