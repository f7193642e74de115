import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { shortened } from '../text/cut.ts'
import { asFailure, failureBody, HttpFailure } from './failure.ts'
import { setSecurityHeaders } from './guard/headers.ts'
import type { HostGuard } from './guard/host.ts'
import { checkOrigin } from './guard/origin.ts'
import { passToOwner } from './machines/pass.ts'
import type { Parts } from './parts.ts'
import type { Route } from './route.ts'
import { homeRoutes } from './routes/home.ts'
import { handlersOf } from './serve-route.ts'

/** Puts the routes behind the guards, and a shape on everything that goes wrong. */
export function createApp(parts: Parts, routes: readonly Route[], checkHost: HostGuard): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', false)
  app.set('case sensitive routing', true)
  app.set('query parser', 'simple')

  app.use((req, res, next) => {
    setSecurityHeaders(res)
    // A proxy's form of an address, with a host of its own in it.
    if (!req.originalUrl.startsWith('/')) throw new HttpFailure(400, 'bad-request', 'The request cannot be read.')
    checkHost(req)
    checkOrigin(req, parts.config.http.url)
    next()
  })
  const { page, missing, files } = homeRoutes(parts, routes)
  app.get(['/', '/login'], page)
  app.use('/dashboard', onlyReading, files)
  const passing = passToOwner(parts)
  if (passing.length > 0) app.use(express.Router().use(...passing))
  for (const route of routes) app[route.method](route.path, ...handlersOf(parts, route))

  const paths = new Set(['/', '/login', ...routes.map((route) => route.path)])
  for (const path of paths) app.all(path, notAllowed(path, routes))
  app.use(missing)
  app.use((req) => {
    throw new HttpFailure(404, 'no-such-route', `There is no ${req.method} ${shortened(req.path, 100)} here.`)
  })
  app.use(answerFailures(parts))
  return app
}

const onlyReading: RequestHandler = (req, _res, next) => {
  if (req.method !== 'GET' && req.method !== 'HEAD') throw methodNotAllowed(['GET', 'HEAD'])
  next()
}

function notAllowed(path: string, routes: readonly Route[]): RequestHandler {
  const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase())
  const allowed = methods.length === 0 || methods.includes('GET') ? ['GET', 'HEAD', ...methods] : methods
  return () => {
    throw methodNotAllowed([...new Set(allowed)])
  }
}

const methodNotAllowed = (allowed: string[]) =>
  new HttpFailure(405, 'method-not-allowed', `Use ${allowed.join(', ')} here.`, { Allow: allowed.join(', ') })

/** Express knows it by its four parameters. */
function answerFailures({ log, redact }: Parts): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const failure = asFailure(error)
    if (!failure) log.error({ err: error, method: req.method, path: req.path }, 'Could not answer a request')
    if (res.headersSent) {
      res.destroy()
      return
    }
    const { status, code, message, headers, commands } =
      failure ?? new HttpFailure(500, 'internal', 'Something went wrong inside Baton; its log has the details.')
    res.set(headers)
    res.status(status).json(failureBody(req.originalUrl, { code, message: redact(message), commands }))
  }
}
