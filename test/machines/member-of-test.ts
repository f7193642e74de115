import type { MemberPorts } from '../../src/machines/member.ts'
import { startMember } from '../../src/machines/member.ts'
import type { Home } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'
import { openRehearsedApp } from '../support/rehearsed-app.ts'

/** What the machine of such a test is called, and that it has no page. */
export const ONE = 'machine: {name: one}\nhttp: {enabled: false}\n'

/** A home of a machine called one. */
export function homeOfOne(): Home {
  const home = homeOfTest('# Nothing\n')
  home.write('config.yaml', ONE)
  return home
}

/** The machine called one with the rehearsal agent, as a member of those that share a database; what it says and what goes wrong is kept. */
export async function memberOfTest(url: string, home: Home, more: Pick<MemberPorts, 'parkMs' | 'noteDone'> = {}) {
  const errors: unknown[] = []
  const said: string[] = []
  const { app, config } = await openRehearsedApp(home.dir, { errors })
  app.runner.begin()
  const join = () =>
    startMember({
      ...{ url, config, version: '1', runner: app.runner, store: app.store, ...more },
      ...{ onTrouble: (text) => said.push(text), onError: (error) => errors.push(error) },
    })
  let member = join()
  return {
    ...{ app, said, errors },
    offer: (...given: Parameters<typeof member.offer>) => member.offer(...given),
    /** As another process of the same machine. */
    async again() {
      await member.stop()
      member = join()
    },
    async stop() {
      await member.stop()
      await app.runner.stop()
    },
  }
}
