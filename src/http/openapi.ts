import { z } from 'zod'
import type { AnswerSpec, Route } from './route.ts'
import { apiError, webhookError } from './schemas/common.ts'

type Json = Record<string, unknown>

/** The whole API as an OpenAPI 3.1 document, made from the schemas that check and shape what is served. */
export function openApiDocument(
  routes: readonly Route[],
  { version, base, cookie }: { version: string; base: string; cookie: string },
): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version,
      description: 'Works through a Markdown to-do list with Claude Code, one task at a time.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: base || '/' }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'API_TOKEN' },
        session: { type: 'apiKey', in: 'cookie', name: cookie, description: 'Together with X-Baton-Key' },
      },
    },
  }
}

function operationOf(route: Route): Json {
  const { method, path, summary, access, body } = route
  return {
    operationId: `${method}${path.replace(/[^\w]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`.replace(
      /\W/g,
      '',
    ),
    summary,
    security: access === 'token' ? [{ token: [] }, { session: [] }] : [],
    parameters: parametersOf(route),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, responseOf(answer)])),
      ...errorsOf(route),
    },
  }
}

function parametersOf({ params, query, method }: Route): Json[] {
  const listed = (where: 'path' | 'query', schema: z.ZodType | undefined) => {
    const { properties = {}, required = [] } = (schema ? schemaOf(schema, 'input') : {}) as {
      properties?: Record<string, Json>
      required?: string[]
    }
    return Object.entries(properties).map(([name, inner]) => ({
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      schema: inner,
    }))
  }
  const key = { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 255 } }
  return [...listed('path', params), ...listed('query', query), ...(method === 'post' ? [key] : [])]
}

function responseOf({ description, schema, type = 'application/json' }: AnswerSpec): Json {
  const inner = schema ? schemaOf(schema, 'output') : type === 'application/json' ? {} : { type: 'string' }
  return { description, content: { [type]: { schema: inner } } }
}

function errorsOf({ access, method, path }: Route): Json {
  const schema = schemaOf(path.startsWith('/webhook/') ? webhookError : apiError, 'output')
  const error = (description: string) => ({ description, content: { 'application/json': { schema } } })
  return {
    400: error('The request has the wrong shape'),
    ...(access !== 'open' && { 401: error('Wrong or missing credentials') }),
    403: error('Wrong host, or a page of another origin'),
    404: error('Not found'),
    ...(method === 'post' && {
      409: error('Not possible in the current state'),
      413: error('The body is too large'),
      422: error('The Idempotency-Key was already used for another request'),
    }),
    429: error('Too many wrong credentials, or too many followers'),
  }
}

/** Without the marks of a document of its own. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...inner } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Json
  return inner
}
