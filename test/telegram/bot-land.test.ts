import { expect, test } from 'vitest'
import { startBotApi } from '../support/bot-api/server.ts'
import { createHome } from '../support/home.ts'
import { openPhoneApp, told } from '../support/phone.ts'

test('the end of a run in worktrees has a button that brings its work to the branch, also after a later run', async () => {
  const edit = (name: string) => `## Task: ${name}\n**Claude Instruction:**\nrehearse: edit ${name}.txt "${name}"\n`
  const home = createHome(`# Tasks\n${edit('one')}`, 'workspace: worktree\ntasks: [tasks/*.md]\n')
  home.write('.gitignore', '.baton\nlogs\nsessions\n')
  home.write('tasks/later.md', edit('later'))
  home.repository()
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const app = await openPhoneApp(home, api)
  try {
    anna.says('/start tasks/today.md')
    anna.says('/start tasks/later.md')
    await told(anna, /All done[\s\S]*later\.md/)
    const first = await told(anna, /All done[\s\S]*today\.md/)
    expect(home.git('ls-files')).not.toContain('one.txt')
    const tap = anna.taps('Land 1 task', { message: first.id })
    await tap.answer()
    await expect.poll(() => home.git('ls-files'), { timeout: 20_000 }).toContain('one.txt')
    expect(home.git('ls-files')).not.toContain('later.txt')
    expect(app.errors).toEqual([])
  } finally {
    await app.stop()
    await api.close()
    home.remove()
  }
}, 60_000)
