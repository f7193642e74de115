import fc from 'fast-check'

/**
 * Task files as nobody should write them, for the property tests here and for larger runs by hand. All arbitraries are
 * seeded by fast-check; `pathological` makes single texts of a given size.
 */

const indents = ['', '', '', '', ' ', '  ', '   ', '    ', '\t', ' \t', '     ']
const containers = [
  '',
  '',
  '',
  '',
  '- ',
  '* ',
  '+ ',
  '1. ',
  '1) ',
  '> ',
  '>',
  '>  ',
  '-   ',
  '-     x',
  '-\t',
  '1.\t',
  '> - ',
  '- > ',
  '- - ',
  '-x',
]
const words = [
  '## H',
  '##',
  '# A',
  '### c',
  '## Task 1: x',
  '## Task 2: y ##',
  '##x',
  '\\## x',
  'text',
  'more text',
  '#hash',
  'a `` b',
  '**Type:** x',
  '**Claude Instruction:** do',
  '**claude instruction**: do',
  '__Run:__ make',
  '**Verify:**',
  '**Status:** done',
  '**Depends On:** 1, Task 2',
  '**Priority:** urgent',
  '**Requires Approval:** yes',
  '**Bold** words',
  '**Unknown:** x',
  '```',
  '````',
  '~~~',
  '``` js',
  '```a`b',
  '`code',
  '<div>',
  '</div>',
  '<!-- c',
  '-->',
  '<!-- x -->',
  '<pre>',
  '</pre>',
  '<x-y>',
  '<a href="b">',
  '</x>',
  '<?php',
  '?>',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE',
  '<script>',
  '</script> x',
  '<b>bold</b> t',
  '<p/>',
  '<td/ x>',
  '<h1',
  '<br/>',
  '---',
  '--',
  '-',
  '===',
  '=',
  '***',
  '* * *',
  '- - -',
  '___',
  '_ _',
  '[ ] box',
  '[x] box',
  '[a]: b',
  '| a | b |',
  '| --- | --- |',
  '',
  '',
  '',
  '',
  ' ',
  '\t',
]

const lineEndings = ['\n', '\n', '\n', '\r\n', '\r'] as const

/** One line: indentation, what may contain, and what stands in it. */
const hostileLine = fc
  .tuple(
    fc.constantFrom(...indents),
    fc.constantFrom(...containers),
    fc.constantFrom(...indents),
    fc.constantFrom(...words),
  )
  .map((parts) => parts.join(''))

/** Any characters, with what Markdown and terminals care for among them. */
const wildLine = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'#*_`<>[]()!|-=\\&:\t\x1b\u202e\u2028é😀'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 30,
})

/** Text of corner cases, none of which is sure to be a task. */
export const hostileText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 6, arbitrary: hostileLine }, { weight: 1, arbitrary: wildLine }), { maxLength: 14 }),
    fc.constantFrom(...lineEndings),
    fc.constantFrom('', '', '', '\ufeff', '---\nretries: 1\n---\n'),
    fc.boolean(),
  )
  .map(([lines, ending, head, closed]) => head + lines.join(ending) + (closed ? ending : ''))

/** Lines of block constructs alone, for comparing with another parser: no fields, no front matter. */
export const blockText: fc.Arbitrary<string> = fc
  .tuple(fc.array(hostileLine, { minLength: 1, maxLength: 9 }), fc.constantFrom(...lineEndings))
  .map(([lines, ending]) => lines.join(ending))

/** A task and what its instruction must come out as, byte for byte. */
export interface WrittenTask {
  number: number
  title: string
  fields: string[]
  instruction: string
}

export interface WrittenFile {
  text: string
  ending: string
  tasks: WrittenTask[]
}

/** Blocks that hold what looks like the next task or a field, and are none: each closes what it opens. */
const block = fc.oneof(
  fc.constantFrom(
    'Plain words.',
    '**Bold:** words',
    '**Priority:** of the instruction, not of the task',
    '### Deeper\n#### And deeper',
    '```md\n## Task 99: in a fence\n**Claude Instruction:** no\n```',
    '~~~~\n```\n## Task 98: in a fence\n~~~\n~~~~',
    '| a | b |\n| --- | --- |\n| 1 | ## |',
    '<!--\n\n## Task 97: in a comment\n\n-->',
    '<pre>\n\n## Task 96: in HTML\n</pre>',
    '<div>\n## Task 95: in HTML\n</div>',
    '> ## Task 94: quoted\n> **Claude Instruction:** no',
    '- item\n\n  ## Task 93: in a list\n  **Run:** no',
    '    ## Task 92: indented code',
    '\\## Task 91: escaped',
    '# A title',
    'trailing blanks   \nand\ttabs\t',
    'Nul-free \x1b[31m, \u2028 and \u202e',
    '***',
    '---\n\nafter a rule',
    'a line\n---\nafter an underline',
    '- [ ] a box\n- [x] another',
  ),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((text) => `x${text.replace(/[\0\r\n\u2028\u2029]/g, '')}x`),
)

const fieldLines = [
  '**Type:** backend',
  '**Priority:** high',
  '**priority**: low',
  '**Requires Approval:** true',
  '**requires_approval**: No',
  '**Description:** What it does',
  '**Acceptance Criteria:**\n- one\n- two',
  '**Verify:**\n- npm test',
  '**VERIFY:** `npm test`',
  '**Timeout:** 20m',
  '**Retries:** 2',
  '**Status:** open',
  '__Model__: opus',
  '**Verify:**\n```sh\nnpm test\n```',
]

const writtenTask = fc
  .record({
    title: fc.constantFrom('Add a login', 'Fix `parse`', 'Ship *it*', 'A & B <c>', '数える', 'Tests'),
    fields: fc.uniqueArray(fc.constantFrom(...fieldLines), {
      maxLength: 5,
      selector: (line) =>
        line
          .slice(0, line.indexOf(':'))
          .toLowerCase()
          .replace(/[^a-z]/g, ''),
    }),
    blocks: fc.array(block, { minLength: 1, maxLength: 5 }),
    lead: fc.constantFrom(' ', '\n', '\n\n', '\n \n'),
    tail: fc.constantFrom('', '\n', '\n\n---\n', '\n\n \n- - -\n\n'),
    fieldGap: fc.constantFrom('\n', '\n\n'),
    style: fc.constantFrom('**Claude Instruction:**', '**claude instruction**:', '__CLAUDE INSTRUCTION:__'),
  })
  // On the line of the field, a fence or list is none.
  .map((task) => (task.lead === ' ' ? { ...task, blocks: ['On the same line.', ...task.blocks] } : task))

/** Task files that are right, with instructions full of traps. */
export const writtenFile: fc.Arbitrary<WrittenFile> = fc
  .record({
    tasks: fc.array(writtenTask, { minLength: 1, maxLength: 5 }),
    ending: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    head: fc.constantFrom(
      '',
      '# Tasks\n\nContext.\n\n',
      '---\npriority: low\n---\n\n# Tasks\n\n',
      '```\n## Task 1: in the context\n```\n\n',
    ),
  })
  .map(({ tasks, ending, mark, head }) => {
    const written = tasks.map(({ title, fields, blocks }, index) => ({
      number: index + 1,
      title,
      fields,
      instruction: blocks.join('\n\n').replaceAll('\n', ending),
    }))
    const texts = tasks.map(({ title, fields, blocks, lead, tail, fieldGap, style }, index) => {
      const above = fields.map((field) => field + fieldGap).join('')
      return `## Task ${index + 1}: ${title}\n${above}${style}${lead}${blocks.join('\n\n')}\n${tail}\n`
    })
    return { text: mark + (head + texts.join('')).replaceAll('\n', ending), ending, tasks: written }
  })

/** Texts of about `size` characters that make parsers slow, deep or wrong. */
export function pathological(size: number): { name: string; text: string }[] {
  const fill = (unit: string) => unit.repeat(Math.ceil(size / unit.length)).slice(0, size)
  const task = (body: string) => `## Task 1: x\n**Claude Instruction:**\n${body}`
  const head = (body: string) => `## Task 1: x\n${body}\n\n**Claude Instruction:**\ndo\n`
  const deep = (unit: string) =>
    Array.from({ length: Math.ceil(Math.sqrt(size)) }, (_, i) => unit.repeat(i % 500))
      .join('x\n')
      .slice(0, size)
  return [
    ...[
      '>',
      '[',
      '![',
      '*a ',
      '**a',
      '`',
      '<a ',
      '<!--',
      '- ',
      '1. ',
      '#',
      '|',
      '-',
      '=',
      ' ',
      '\t',
      '\\',
      '&amp;',
      '_a',
    ].map((unit) => ({
      name: `one line of ${JSON.stringify(unit)}`,
      text: task(fill(unit)),
    })),
    ...[
      '> ## x\n',
      '- [ ] a\n',
      '- a\n',
      '\n',
      '\r',
      '## Task 1: x\n',
      '## x\n',
      'x\n---\n',
      '**Foo:** x\n',
      '**Type:** x\n',
      '```\n',
      '<div>\n',
      '| a |\n',
      '  - a\n',
      '[a]: b\n',
      '<x-y>\n',
      '- ```\n',
      '    code\n',
    ].map((line) => ({
      name: `lines of ${JSON.stringify(line)}`,
      text: fill(line),
    })),
    ...[
      '**Verify:** ',
      '**Description:** ',
      '**Depends On:** 1',
      '**Acceptance Criteria:**\n- ',
      '**Verify:**\n```\n',
      '**Priority:** ',
    ].map((field) => ({
      name: `a huge ${field.split(':')[0]!.slice(2)}`,
      text: head(`${field}${fill('a, `b` <!-- c ')}`),
    })),
    { name: 'a huge title', text: `## Task 1: ${fill('`a [b] *c* ')}\n**Claude Instruction:** x\n` },
    { name: 'names in Depends On', text: head(`**Depends On:** ${fill('nobody, ')}`) },
    { name: 'quotes that grow deeper', text: deep('>') },
    { name: 'lists that grow deeper', text: deep('- ') },
    { name: 'a list deep and blank lines', text: `${'- '.repeat(size >> 3)}x\n${fill('\n')}` },
    { name: 'deep indentation', text: deep('  ') },
    { name: 'an open tag with attributes', text: `<a ${fill("a=' ")}` },
    { name: 'front matter without end', text: `---\n${fill('a: b\n')}` },
    { name: 'deep front matter', text: `---\n${fill('[').slice(0, 30_000)}\n---\n${task('x')}` },
    { name: 'anchors in front matter', text: `---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n---\n${task('x')}` },
  ]
}
