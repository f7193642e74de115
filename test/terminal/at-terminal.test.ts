import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { aHome, baton, startAtTerminal, tasks } from './program.ts'

/** The pseudo terminal comes from Python's standard library. */
function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import pty, fcntl, os; os.waitstatus_to_exitcode'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const asking = (act: string) => tasks({ fields: '**Requires Approval:** true\n', act })

// Without python3 there is nothing here that could open a terminal.
describe.skipIf(!hasPython())('at a terminal', () => {
  it('asks for approval, permission and answers right there, and goes on with what is typed', async () => {
    const act = 'ask "Which colours?" Red|Blue|Green (multi)\nask "How big?" Small|Large\nbash echo hi > hi.txt'
    const home = aHome({ 'today.md': asking(act) })
    const run = startAtTerminal(home, ['tasks', 'today.md'])
    await run.hears('Approval · Start task 1: Part 1?')
    await run.hears('1 Approve · 2 Reject · 3 Skip · 4 Stop')
    run.type('maybe\r')
    await run.hears('“maybe” is not an option')
    run.type('approve\r')
    await run.hears(/Approved by \S+ at pts\/\d+/)
    await run.hears('Question 1 of 2: Which colours?')
    run.type('1,3\r')
    await run.hears('Question 2 of 2: How big?')
    run.type('as big as it gets\r')
    await run.hears(/Answered by .*: “Red, Green · as big as it gets”/)
    await run.hears('echo hi > hi.txt')
    await run.hears('1 Allow')
    run.type('y\r')
    await run.hears('1 done')
    expect((await run.ended).exitCode).toBe(0)
    expect(home.read('hi.txt')).toBe('hi\n')
  })

  it('hides a secret whether Markdown takes it apart or stands in it', async () => {
    // The agent repeats the title in its closing words, which are Markdown.
    const title = 'Keys sk-ant-**abcdefghijklmnop** and correct*horse*battery'
    const text = tasks('say x').replace('Part 1', title)
    const home = aHome({ 'today.md': text, '.env': 'API_TOKEN=correct*horse*battery\n' })
    const run = startAtTerminal(home, ['tasks', 'today.md'])
    await run.hears('Acted out “Keys [redacted] and [redacted]”')
  })

  it('hides a secret over which a line is broken', async () => {
    const bearer = `Bearer ${'ZqX9'.repeat(6)}`
    const named = 'correct horse battery staple'
    const words = Array.from({ length: 6 }, (_, i) => `${'ab '.repeat(i)}${bearer} and ${named}`).join(', ')
    const home = aHome({
      'today.md': tasks({ fields: `**Requires Approval:** true\n**Description:** ${words}\n`, act: 'say x' }),
      '.env': `WEBHOOK_SECRET=${named}\n`,
    })
    const live = startAtTerminal(home, ['tasks', 'today.md'], { columns: 60 })
    await live.hears('1 Approve')
    live.child.kill('SIGINT')
    await live.ended
    expect((await baton(home, ['reject', '1', `no: ${words}`])).exitCode).toBe(0)
    const status = startAtTerminal(home, ['status'], { columns: 60 })
    await status.ended
    expect(status.said()).toContain('Decided')
    for (const shown of [live.said(), status.said()]) {
      expect(shown).toContain('[redacted]')
      expect(shown).not.toMatch(/ZqX9|horse|staple/)
    }
  })

  it('takes a reason for a rejection and ends with 1', async () => {
    const run = startAtTerminal(aHome({ 'today.md': asking('say x') }), ['tasks', 'today.md'])
    await run.hears('1 Approve')
    run.type('2\r')
    await run.hears('Why?')
    run.type('not on a Friday\r')
    await run.hears(/Rejected by .*: “not on a Friday”/)
    expect((await run.ended).exitCode).toBe(1)
  })

  it('takes the prompt away when somebody else answers, and says who', async () => {
    const home = aHome({ 'today.md': asking('wait 1s') })
    const run = startAtTerminal(home, ['tasks', 'today.md'])
    await run.hears('1 Approve')
    run.type('rej')
    expect((await baton(home, ['approve', '1'])).exitCode).toBe(0)
    await run.hears('Approved by')
    run.type('ect\r')
    await run.hears('That was decided in the meantime; what you typed was not sent.')
    expect((await run.ended).exitCode).toBe(0)
  })

  it('does what is typed while a task runs', async () => {
    const home = aHome({ 'today.md': tasks('wait 30s', 'edit two.txt "2"') })
    const run = startAtTerminal(home, ['tasks', 'today.md'])
    await run.hears('0 of 2 done')
    await run.hears(/1 turn|starting|writing/)
    run.type('hlep\r')
    await run.hears('Did you mean help?')
    run.type('pause\r')
    await run.hears('paused by')
    run.type('resume\r')
    await run.hears('Resumed by')
    run.type('skip\r')
    await run.hears('skipped by')
    expect((await run.ended).exitCode).toBe(1)
    expect(home.read('two.txt')).toBe('2')
  })

  it('shows the end of the log', async () => {
    const run = startAtTerminal(aHome({ 'today.md': tasks('say Hello there\nwait 30s') }), ['tasks', 'today.md'])
    await run.hears(/1 turn|writing/)
    run.type('log\r')
    await run.hears(/── .*\.log/)
    await run.hears('Hello there')
    run.type('\u0003')
    await run.hears('Stopping cleanly')
    expect((await run.ended).exitCode).toBe(130)
  })

  it('takes Ctrl-C while something is asked for no answer: it is asked again when the run goes on', async () => {
    const home = aHome({ 'today.md': tasks('bash echo hi > hi.txt') })
    const run = startAtTerminal(home, ['tasks', 'today.md'])
    await run.hears('1 Allow')
    run.type('\u0003')
    expect((await run.ended).exitCode).toBe(130)
    expect(home.read('today.md')).not.toContain('Status')
    const resumed = startAtTerminal(home, ['tasks', '--resume'])
    await resumed.hears('1 Allow')
    resumed.type('1\r')
    expect((await resumed.ended).exitCode).toBe(0)
    expect(home.read('hi.txt')).toBe('hi\n')
  })

  it('uses no colours with NO_COLOR, and lines alone on a terminal that cannot be drawn on', async () => {
    const home = aHome({ 'today.md': asking('say x') })
    const run = startAtTerminal(home, ['tasks', 'today.md'], { env: { NO_COLOR: '1', TERM: 'dumb' } })
    await run.hears('Start task 1: Part 1?')
    await run.hears('1 Approve')
    run.type('approve\n')
    expect((await run.ended).exitCode).toBe(0)
    expect(run.stdout()).not.toContain('\u001b')
  })

  it('never writes wider than the terminal', async () => {
    const run = startAtTerminal(aHome({ 'today.md': tasks('wait 1s', 'say x') }), ['tasks', 'today.md'], {
      columns: 40,
    })
    await run.ended
    const drawn = run
      .said()
      .split('\n')
      .filter((line) => line.startsWith('Baton  '))
    expect(drawn.length).toBeGreaterThan(0)
    for (const line of drawn) expect(line.trimEnd().length).toBeLessThan(40)
  })
})
