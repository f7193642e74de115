import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { withRealClaude } from '../support/claude-program.ts'
import { createHome, type Home, type OpenHome } from '../support/home.ts'
import { type MessagesApi, startMessagesApi } from '../support/messages-api.ts'
import { calls, says } from '../support/messages-replies.ts'

let api: MessagesApi
let home: Home
let house: OpenHome
afterEach(async () => {
  await house.runner.stop()
  await api.close()
  home.remove()
})

describe('the judge, with the real program', () => {
  it('reads the work and gives each criterion pass or fail; a miss goes back once, and then the task is done', async () => {
    home = createHome(
      '## Task 1: Greet\n**Acceptance Criteria:**\n- hello.txt says Hello\n\n**Claude Instruction:**\nWrite hello.txt.\n',
      'judge: true\n',
    )
    home.git('init', '-q')
    let verdicts = 0
    api = await startMessagesApi(({ body, toolResults, prompt }) => {
      const tools = (body as unknown as { tools?: { name: string }[] }).tools?.map((tool) => tool.name) ?? []
      if (tools.includes('StructuredOutput')) {
        if (toolResults.length > 0) return says('Judged.')
        verdicts++
        const pass = verdicts > 1
        return calls({
          name: 'StructuredOutput',
          input: { verdicts: [{ number: 1, pass, evidence: pass ? 'hello.txt:1' : 'hello.txt:1 says Hullo' }] },
        })
      }
      if (toolResults.length > 0) return says('Wrote it.')
      const content = prompt.includes('says Hullo') ? 'Hello' : 'Hullo'
      return calls({ name: 'Write', input: { file_path: join(home.dir, 'hello.txt'), content } })
    })
    house = await home.open(withRealClaude(home.dir, api.url))
    await house.start()
    await house.event('task.continued', (event) => event.data?.reason === 'sent-back')
    await house.rest()
    const view = house.runner.api.view
    const done = view.task(view.latestRun()?.id ?? '', 1)
    expect(done).toMatchObject({ status: 'done', attempts: 1 })
    expect(done?.proof?.criteria).toEqual([{ criterion: 'hello.txt says Hello', pass: true, evidence: 'hello.txt:1' }])
    expect(house.errors).toEqual([])
  })
})
