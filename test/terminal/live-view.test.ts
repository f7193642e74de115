import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { renderLive } from '../../src/terminal/show/live-view.ts'
import { aScreen, NOW, someTasks } from './live-screens.ts'

const shown = (live = aScreen(), width = 80, height = 30) =>
  renderLive(live, NOW, { width, height }).map(stripVTControlCharacters)

describe('the live view', () => {
  it('shows the queue, what the running task does, the hints and the line to type in', () => {
    expect(shown()).toEqual([
      '',
      'Baton  tasks/today.md  2 of 5 done · 4m 12s · $0.42',
      '',
      '  ✓ 1  Task number 1                                             1m 20s   $0.12',
      '  ✓ 2  Task number 2                                             1m 20s   $0.12',
      '  ● 3  Task number 3                                             3m 20s',
      '       editing src/login.ts · 8 turns',
      '  · 4  Task number 4',
      '  · 5  Task number 5',
      '',
      'pause · skip · say … · log · stop · help · Ctrl-C to stop',
      '›  ',
    ])
  })

  it('says of every lane what it is doing, where that leaves half of the room to the tasks', () => {
    const doing = { activity: 'running npm test', turns: 3, lastOutputAt: NOW - 60_000 }
    const tasks = someTasks(5, 2).map((task) => (task.number === 4 ? { ...task, status: 'running' as const } : task))
    const live = aScreen({ tasks, others: new Map([[4, doing]]) })
    expect(shown(live).slice(5, 9)).toEqual([
      '  ● 3  Task number 3                                             3m 20s',
      '       editing src/login.ts · 8 turns',
      '  ● 4  Task number 4',
      '       running npm test · 3 turns · quiet for 1m 00s',
    ])
    expect(shown(live, 80, 9).join('\n')).not.toContain('npm test')
  })

  it('keeps the essential on a terminal of 40 columns', () => {
    expect(shown(aScreen(), 40)).toEqual([
      '',
      'Baton  2 of 5 done · 4m 12s · $0.42',
      '',
      '  ✓ 1  Task number 1             1m 20s',
      '  ✓ 2  Task number 2             1m 20s',
      '  ● 3  Task number 3             3m 20s',
      '       editing src/login.ts · 8 turns',
      '  · 4  Task number 4',
      '  · 5  Task number 5',
      '',
      'pause · skip · say … · log · stop · he…',
      '›  ',
    ])
  })

  it('shows a window around the running task of a long queue and says what it leaves out', () => {
    const lines = shown(aScreen({ tasks: someTasks(52, 20), focus: 20 }))
    expect(lines.slice(3, 16)).toEqual([
      '  … 18 earlier',
      expect.stringContaining('✓ 19  Task number 19'),
      expect.stringContaining('✓ 20  Task number 20'),
      expect.stringContaining('● 21  Task number 21'),
      '        editing src/login.ts · 8 turns',
      '  · 22  Task number 22',
      '  · 23  Task number 23',
      '  · 24  Task number 24',
      '  · 25  Task number 25',
      '  · 26  Task number 26',
      '  · 27  Task number 27',
      '  … 25 more',
      '',
    ])
  })

  it('says why nothing goes on in place of what is being done', () => {
    const lines = shown(aScreen({ whyIdle: 'paused until 22:00: usage limit (five_hour)' }))
    expect(lines[6]).toBe('       paused until 22:00: usage limit (five_hour)')
    // Only what waits for a person has a question mark.
    const waits = (whyIdle: string, isHeld = false) => {
      const screen = aScreen({ whyIdle, isHeld })
      const tasks = screen.tasks.map((task, i) => (i === screen.focus ? { ...task, status: 'waiting' as const } : task))
      return shown({ ...screen, tasks })[5]?.trim()[0]
    }
    expect([waits('waiting for you'), waits('paused until 22:00: usage limit', true)]).toEqual(['?', '·'])
  })

  it('says when a task has been quiet for long', () => {
    const doing = { activity: 'running npm test', turns: 1, lastOutputAt: NOW - 95_000 }
    expect(shown(aScreen({ doing }))[6]).toBe('       running npm test · 1 turn · quiet for 1m 35s')
  })

  it('puts a prompt in the place of the hints, with the remark on the last line typed', () => {
    const prompt = ['Task 3: Run a command', '1 Allow · 2 Deny · l log']
    const lines = shown(aScreen({ prompt, notice: '“x” is not an option.', input: { text: 'de', cursor: 2 } }))
    expect(lines.slice(-4)).toEqual([...prompt, '“x” is not an option.', '› de '])
  })

  it('shows all tasks while something is asked, too, on a terminal that has room for them', () => {
    const prompt = ['Task 3: Run a command', '1 Allow · 2 Deny · l log']
    const rowsAt = (height: number) =>
      renderLive(aScreen({ tasks: someTasks(10, 2), focus: 2, prompt }), NOW, { width: 100, height }).filter((line) =>
        /^ {2}\S +\d+ {2}/.test(line),
      ).length
    expect([rowsAt(24), rowsAt(45)]).toEqual([expect.toSatisfy((rows: number) => rows < 6), 10])
  })

  it('keeps every option in sight, on more than one line where it must', () => {
    const options = '1 Allow · 2 Allow for this task · 3 Deny · l log'
    const lines = shown(aScreen({ prompt: ['Task 3: Run a command', options] }), 40)
    expect(lines.slice(-3).join(' ')).toMatch(/^1 Allow · 2 Allow for this task · 3 Deny · l log › /)
  })

  it('scrolls a long line to the place of the cursor', () => {
    const text = `${'a'.repeat(50)}${'b'.repeat(50)}`
    const line = (cursor: number) => shown(aScreen({ input: { text, cursor } }), 40).at(-1)
    expect(line(100)).toBe(`› ${'b'.repeat(35)} `)
    expect(line(0)).toBe(`› ${'a'.repeat(35)}…`)
  })

  it('is never wider nor higher than the terminal, whatever is in it', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/[\p{C}]/gu, ' '))
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 140 }),
        fc.integer({ min: 4, max: 50 }),
        fc.array(words, { minLength: 1, maxLength: 40 }),
        words,
        fc.boolean(),
        fc.nat(39),
        (width, height, titles, typed, asked, at) => {
          const tasks = titles.map((title, i) => ({ ...someTasks(titles.length, at)[i]!, title }))
          const focus = Math.min(at, tasks.length - 1)
          const doing = { activity: typed, turns: 2, lastOutputAt: NOW }
          const live = aScreen({
            tasks,
            focus,
            others: new Map(tasks.filter((_, i) => i % 3 === 0).map(({ number }) => [number, doing])),
            files: titles[0]!,
            input: { text: typed, cursor: typed.length },
            ...(asked && { prompt: [titles[0]!, typed] }),
          })
          const lines = renderLive(live, NOW, { width, height })
          expect(lines.length).toBeLessThan(height)
          for (const line of lines) expect(stringWidth(line)).toBeLessThan(width)
        },
      ),
      { numRuns: 300 },
    )
  })
})
