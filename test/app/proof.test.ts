import { describe, expect, it } from 'vitest'
import { ANNA } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'

const open = async (tasks: string, config: string) => {
  const home = homeOfTest(tasks, config)
  home.repository()
  const house = await home.open()
  return { home, house }
}
const task = (number: number, instruction: string, fields = '') =>
  `## Task ${number}: Title ${number}\n${fields}**Claude Instruction:**\n${instruction}\n\n`

describe('commits', () => {
  it('hold only what the task changed, on the branch that is checked out, with other work left as it was', async () => {
    const { home, house } = await open(
      task(1, 'rehearse: edit a.txt "one"'),
      'commit: per-task\nmark: false\ncommit_message: "Baton: {title}"\n',
    )
    home.write('mine.txt', 'my own')
    home.git('add', 'mine.txt')
    await house.start()
    await house.rest()
    expect(home.git('log', '--format=%s').trim().split('\n')).toEqual(['Baton: Title 1', 'start'])
    expect(home.git('show', '--name-only', '--format=').trim()).toBe('a.txt')
    expect(home.git('status', '--porcelain').trim()).toBe('A  mine.txt')
  })

  it('go to a branch of the run where that is wanted, and the user stays on theirs', async () => {
    const { home, house } = await open(
      task(1, 'rehearse: edit a.txt "one"') + task(2, 'rehearse: edit b.txt "two"'),
      'commit: per-task\nbranch: per-run\nmark: false\n',
    )
    const runId = await house.start()
    await house.rest()
    expect(home.git('log', '--format=%s', `baton/${runId}`).trim().split('\n')).toEqual(['Title 2', 'Title 1', 'start'])
    expect(home.git('branch', '--show-current').trim()).toBe('main')
    expect(home.git('log', '--format=%s', 'main').trim()).toBe('start')
  })

  it('are never made unless they are wanted', async () => {
    const { home, house } = await open(task(1, 'rehearse: edit a.txt "one"'), '')
    await house.start()
    await house.rest()
    expect(home.git('log', '--format=%s', 'main').trim()).toBe('start')
  })
})

describe('a review', () => {
  it('holds the queue; sent back with words it goes on in the same session, accepted it is done', async () => {
    const { home, house } = await open(
      task(1, 'rehearse: edit a.txt "one"') + task(2, 'Do it.'),
      'approval:\n  review: always\n',
    )
    await house.start()
    const first = await house.ask('review')
    expect(first.text).toContain('a.txt')
    await house.answer(first, 'please also say why')
    await house.event('task.continued', (event) => event.data?.reason === 'sent-back')
    const again = await house.event('ask.opened', (event) => event.askId !== first.id)
    await house.runner.api.submit({ type: 'answer', target: { askId: again.askId ?? '' }, choice: 'accept' }, ANNA)
    await house.event('task.done')
    expect(home.read('tasks/today.md')).toContain('**Status:** done')
    const view = house.runner.api.view
    expect(view.task(view.latestRun()?.id ?? '', 1)).toMatchObject({ status: 'done', attempts: 1 })
  })

  it('can give back the state before the task', async () => {
    const { home, house } = await open(task(1, 'rehearse: edit a.txt "one"'), 'approval:\n  review: always\n')
    home.write('a.txt', 'mine')
    await house.start()
    const ask = await house.ask('review')
    await house.runner.api.submit({ type: 'answer', target: { askId: ask.id }, choice: 'undo' }, ANNA)
    await house.rest()
    expect(home.read('a.txt')).toBe('mine')
    expect(house.status()).toEqual(['undone'])
  })

  it('comes after tasks of the types that the configuration names, and a run can be accepted as a whole', async () => {
    const { house } = await open(
      task(1, 'Do it.', '**Type:** database\n'),
      'approval:\n  checkpoint_after: [database]\n',
    )
    await house.start()
    await house.ask('review')
    expect(await house.runner.api.submit({ type: 'accept-run' }, ANNA)).toMatchObject({ ok: true })
    await house.rest()
    expect(house.status()).toEqual(['done'])
  })
})

describe('words against facts', () => {
  it('tell a commit that the agent made although it was told not to', async () => {
    const { house } = await open(task(1, 'rehearse: bash git commit -q --allow-empty -m sneaky'), '')
    await house.start({ autoApprove: true })
    await house.rest()
    const view = house.runner.api.view
    expect(view.task(view.latestRun()?.id ?? '', 1)?.proof?.gitWrites?.join()).toContain('sneaky')
  })
})

describe('the report', () => {
  it('is written at the end of a run, with the patch, the checks and the answers', async () => {
    const { home, house } = await open(
      task(1, 'rehearse: edit a.txt "one"\nrehearse: ask "Which colour?" Red|Blue', '**Verify:**\n- test -f a.txt\n'),
      '',
    )
    const runId = await house.start()
    await house.answer(await house.ask('question'), 'Blue')
    await house.rest()
    await house.runner.stop()
    const report = home.read(`logs/${runId}/report.md`)
    for (const part of ['Title 1', 'test -f a.txt', 'Blue', '+one']) expect(report).toContain(part)
  })
})
