import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { launchdPlist } from '../../src/init/launchd-plist.ts'
import { systemdUnit } from '../../src/init/systemd-unit.ts'

const hostile = {
  node: '/opt/n o"d$e%h/node',
  program: '/x & <y>/baton.js',
  home: '/home/me/100%/my tasks',
  path: '/usr/bin:/home/me/$HOME/bin',
}
const plain = {
  node: '/usr/bin/node',
  program: '/opt/baton/bin/baton.js',
  home: '/home/me/tasks',
  path: '/usr/bin:/bin',
}

function file(name: string, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'baton-unit-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0

test('words of the unit are quoted, and its own signs are escaped', () => {
  const unit = systemdUnit(hostile, { sandbox: true, writable: ['/srv/a b'] })
  expect(unit).toContain(
    'ExecStart="/opt/n o\\"d$$e%%h/node" "/x & <y>/baton.js" "start" "--home" "/home/me/100%%/my tasks"\n',
  )
  expect(unit).toContain('WorkingDirectory=/home/me/100%%/my tasks\n')
  expect(unit).toContain('Environment="PATH=/usr/bin:/home/me/$HOME/bin"\n')
  expect(unit).toContain('ReadWritePaths="/srv/a b"\n')
})

test('without shields the unit names none, and is otherwise the same', () => {
  const [shielded, bare] = [true, false].map((sandbox) => systemdUnit(plain, { sandbox }).split('\n'))
  expect(bare?.filter((line) => !shielded?.includes(line))).toEqual([])
  expect(bare?.join('\n')).not.toMatch(/Protect|Private/)
})

test.runIf(has('systemd-analyze', '--version'))(
  'systemd finds nothing wrong with it, and scores it as the documentation says',
  () => {
    const unit = file('baton.service', systemdUnit(plain, { sandbox: true, writable: ['/srv/tasks'] }))
    const said = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], { encoding: 'utf8' })
    expect(said.stderr).toBe('')
    const score = Number(/exposure level for baton\.service: ([\d.]+)/.exec(said.stdout)?.[1])
    expect(score).toBeLessThanOrEqual(3.1)
  },
)

test.runIf(has('python3', '--version'))('the property list is one that can be read back', () => {
  const path = file('baton.plist', launchdPlist(hostile))
  const script = 'import json,plistlib,sys; print(json.dumps(plistlib.load(open(sys.argv[1],"rb"))))'
  expect(JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }))).toMatchObject({
    Label: 'tasks.baton.daemon',
    ProgramArguments: [hostile.node, hostile.program, 'start', '--home', hostile.home],
    WorkingDirectory: hostile.home,
    EnvironmentVariables: { PATH: hostile.path },
    KeepAlive: { SuccessfulExit: false },
    RunAtLoad: true,
  })
})
