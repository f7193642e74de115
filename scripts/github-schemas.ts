import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Writes what GitHub's own description (`@octokit/openapi`) says about the routes that Baton uses, and nothing else of it: the package
 * is 28 MB to fetch and 460 MB on the disk, too much for every clean install. `node scripts/github-schemas.ts` after a route was added.
 */
const VERSION = '23.0.2'
const INTO = join(import.meta.dirname, '../test/fixtures/github-openapi.json')

/** What the stand-in serves, and what may come next. */
const ROUTES = [
  'GET /user',
  ...below('/repos/{owner}/{repo}', [
    'GET ',
    'GET /actions/jobs/{job_id}/logs',
    'GET /actions/runs',
    'GET /actions/runs/{run_id}/jobs',
    'GET /branches',
    'GET /branches/{branch}',
    'GET /collaborators/{username}/permission',
    'GET /commits/{ref}/check-runs',
    'GET /commits/{ref}/status',
    'GET|POST /deployments',
    'GET|DELETE /deployments/{deployment_id}',
    'GET|POST /deployments/{deployment_id}/statuses',
    'POST /git/refs',
    'DELETE /git/refs/{ref}',
    'GET|POST /issues',
    'GET /issues/comments',
    'GET|PATCH|DELETE /issues/comments/{comment_id}',
    'POST /issues/comments/{comment_id}/reactions',
    'GET|PATCH /issues/{issue_number}',
    'GET|POST /issues/{issue_number}/comments',
    'GET /issues/{issue_number}/dependencies/blocked_by',
    'GET /issues/{issue_number}/events',
    'GET|POST|PUT /issues/{issue_number}/labels',
    'DELETE /issues/{issue_number}/labels/{name}',
    'GET|POST /issues/{issue_number}/reactions',
    'GET /issues/{issue_number}/timeline',
    'GET|POST /labels',
    'GET|POST /pulls',
    'GET|PATCH /pulls/{pull_number}',
    'GET /pulls/{pull_number}/commits',
    'GET /pulls/{pull_number}/files',
    'PUT /pulls/{pull_number}/merge',
    'GET|POST /pulls/{pull_number}/reviews',
    'GET /pulls/{pull_number}/reviews/{review_id}/comments',
    'GET /rules/branches/{branch}',
    'POST /statuses/{sha}',
  ]),
]

type Json = Record<string, unknown>
interface Description {
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, Json>>
}
interface Operation {
  parameters?: Json[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Json }> }
  responses: Record<string, Json>
}

function below(path: string, routes: readonly string[]): string[] {
  return routes.flatMap((route) => {
    const [methods = '', rest = ''] = route.split(' ')
    return methods.split('|').map((method) => `${method} ${path}${rest}`)
  })
}

function read(): Description {
  const folder = mkdtempSync(join(tmpdir(), 'baton-openapi-'))
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd: folder, encoding: 'utf8' })
  try {
    const archive = run('npm', 'pack', '--silent', `@octokit/openapi@${VERSION}`).trim()
    run('tar', 'xzf', archive, 'package/generated/api.github.com.json')
    return JSON.parse(readFileSync(join(folder, 'package/generated/api.github.com.json'), 'utf8')) as Description
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const description = read()
/** Schemas that something written so far refers to. */
const defs: Record<string, unknown> = {}

const named = (ref: string): Json =>
  ref
    .slice(2)
    .split('/')
    .reduce((at, name) => at[name] as Json, description as unknown as Json)
const followed = (value: Json): Json => (typeof value.$ref === 'string' ? named(value.$ref) : value)

/** As JSON Schema, without words for people. */
function schemaOf(given: Json): unknown {
  if (typeof given.$ref === 'string') {
    const name = given.$ref.split('/').at(-1) as string
    if (!(name in defs)) {
      defs[name] = {}
      defs[name] = schemaOf(named(given.$ref))
    }
    return { $ref: `#/$defs/${name}` }
  }
  const { nullable, type, properties, items, additionalProperties, enum: words, format, required, minItems } = given
  const lists = (['allOf', 'anyOf', 'oneOf'] as const).flatMap((kind) =>
    // One list may say the same twice in other words, and then none of them is the only one.
    kind in given ? [[kind === 'oneOf' ? 'anyOf' : kind, (given[kind] as Json[]).map(schemaOf)]] : [],
  )
  const schema = {
    ...(type !== undefined && { type }),
    ...(words !== undefined && { enum: words }),
    ...((format === 'date-time' || format === 'uri') && { format }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties as Json).map(([n, one]) => [n, schemaOf(one as Json)])),
    }),
    ...(required !== undefined && { required }),
    ...(items !== undefined && { items: schemaOf(items as Json) }),
    ...(minItems !== undefined && { minItems }),
    ...(additionalProperties === false && { additionalProperties }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: schemaOf(additionalProperties as Json),
    }),
    ...Object.fromEntries(lists),
  }
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema
}

function operationOf(route: string): object {
  const [method = '', path = ''] = route.split(' ')
  const operation = description.paths[path]?.[method.toLowerCase()]
  if (!operation) throw new Error(`GitHub's description has no ${route}.`)
  const query = (operation.parameters ?? []).map(followed).filter((one) => one.in === 'query')
  const body = operation.requestBody?.content['application/json']?.schema
  const answers = Object.entries(operation.responses).map(([status, given]) => {
    const content = followed(given).content as Record<string, { schema: Json }> | undefined
    const schema = content?.['application/json']?.schema
    return [status, schema ? schemaOf(schema) : null]
  })
  return {
    query: query.map(({ name }) => name),
    ...(body && { body: schemaOf(body) }),
    answers: Object.fromEntries(answers),
  }
}

const routes = Object.fromEntries(ROUTES.map((route) => [route, operationOf(route)]))
/** One line each, so that a change shows what changed. */
const lines = (of: object): string =>
  Object.entries(of)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`)
    .join(',\n')
writeFileSync(
  INTO,
  `{"from":"@octokit/openapi ${VERSION}","routes":{\n${lines(routes)}\n},"$defs":{\n${lines(defs)}\n}}\n`,
)
