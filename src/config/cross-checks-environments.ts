import type { AllValues } from './build.ts'
import { readFreeze } from './build-pipelines.ts'
import type { ConfigProblem } from './problem.ts'
import { type Environment, ownNames } from './secrets.ts'
import type { YamlFile } from './yaml-file.ts'

type Environments = AllValues['environments']
type Path = (string | number)[]

/** What environments name must be there: roles, variables, times; and what they need of each other. */
export async function environments(
  values: AllValues,
  yaml: YamlFile,
  environment: Environment,
): Promise<ConfigProblem[]> {
  const places: { at: Path; of: Environments; claude: readonly string[] }[] = [
    { at: ['environments'], of: values.environments, claude: values.claude.env },
    ...Object.entries(values.projects).map(([name, project]) => ({
      at: ['projects', name, 'environments'],
      of: project.environments ?? {},
      claude: project.claude?.env ?? values.claude.env,
    })),
  ]
  const all = places.flatMap(({ at, of, claude }) =>
    Object.entries(of).map(([name, one]) => ({ at: [...at, name], one, claude })),
  )
  if (all.length === 0) return []
  const { Cron } = await import('croner')
  return all.flatMap(({ at, one, claude }) => {
    const refused = (path: Path, message: string, hint?: string): ConfigProblem =>
      yaml.problemAt([...at, ...path], 'value', { severity: 'error', message, ...(hint !== undefined && { hint }) })
    const roles = Object.keys(values.roles)
    return [
      ...one.approve.flatMap((role, index) =>
        roles.includes(role)
          ? []
          : [
              refused(
                ['approve', index],
                `there is no role \`${role}\``,
                roles.length > 0 ? `There are: ${roles.join(', ')}.` : 'Name its members under `roles`.',
              ),
            ],
      ),
      ...(one.approve.length === 0 && (one.not_requester || one.approvals > 1)
        ? [refused([one.not_requester ? 'not_requester' : 'approvals'], 'nobody approves: `approve` names no role')]
        : []),
      ...one.env.flatMap((name, index) => {
        const at: Path = ['env', index]
        if (ownNames(environment).includes(name))
          return [refused(at, `${name} is Baton's own and not given to commands`)]
        if (claude.includes(name))
          return [
            refused(
              at,
              `${name} is given to Claude, too (\`claude.env\`)`,
              'What deploys is for these commands alone.',
            ),
          ]
        return environment.values[name] ? [] : [refused(at, `${name} is set neither in .env nor in the environment`)]
      }),
      ...one.freeze.flatMap((written, index) => {
        const freeze = readFreeze(written)
        const hint = 'As in "0 18 * * 5 / 62h": from Friday 18:00 on, for 62 hours.'
        if (!freeze) return [refused(['freeze', index], 'expected cron fields / a length of time', hint)]
        try {
          return new Cron(freeze.cron, { paused: true }).nextRun()
            ? []
            : [refused(['freeze', index], 'this time never comes', hint)]
        } catch {
          return [refused(['freeze', index], `not a time: ${freeze.cron}`, hint)]
        }
      }),
      ...(one.rollback !== undefined && one.check === undefined && one.on_red === 'rollback'
        ? [
            yaml.problemAt([...at, 'rollback'], 'key', {
              severity: 'warning',
              message: 'without `check`, only a failed command rolls back',
            }),
          ]
        : []),
    ]
  })
}
