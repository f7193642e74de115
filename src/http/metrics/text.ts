import { healthOf } from '../health.ts'
import type { Parts } from '../parts.ts'
import { histogram, metric, type Sample } from './exposition.ts'

/** Everything that can be measured, in the text format of Prometheus. */
export function metricsText(parts: Parts): string {
  const { api, meter, hub, now } = parts
  const { view } = api
  const health = healthOf(parts)
  const queues = view.queues().map((queue) => view.status(queue))
  const each = (read: (status: (typeof queues)[number]) => number): Sample[] =>
    queues.map((status) => [{ queue: status.queue }, read(status)])
  const asks = view.openAsks()
  const asked = new Map<string, number>()
  for (const { kind } of asks) asked.set(kind, (asked.get(kind) ?? 0) + 1)
  const one = (value: number): Sample[] => [[{}, value]]
  const oldest = Math.min(...asks.map((ask) => ask.openedAt))
  const age = health.telegram.lastPollAgeMs
  const memory = process.memoryUsage()
  const chats = (['slack', 'discord'] as const).flatMap((surface) => {
    const heard = health[surface]
    return heard ? [[surface, heard] as const] : []
  })
  return [
    metric('baton_info', 'gauge', 'The running version.', [[{ version: health.version }, 1]]),
    metric('baton_start_time_seconds', 'gauge', 'When it was started.', one(meter.startedAt / 1_000)),
    metric('baton_worker_up', 'gauge', '1 while the worker loops are running.', one(health.worker === 'ok' ? 1 : 0)),
    health.telegram.configured
      ? metric('baton_telegram_up', 'gauge', '1 while the bot is polled.', one(health.telegram.ok ? 1 : 0))
      : '',
    metric(
      'baton_telegram_poll_age_seconds',
      'gauge',
      'Since the last successful poll.',
      age === null ? [] : one(age / 1_000),
    ),
    metric(
      'baton_chat_up',
      'gauge',
      '1 while the platform is heard.',
      chats.map(([surface, { ok }]): Sample => [{ surface }, ok ? 1 : 0]),
    ),
    metric(
      'baton_tasks',
      'gauge',
      'Tasks of the current or latest run, by status.',
      queues.flatMap(({ queue, run }) =>
        Object.entries(run?.counts ?? {}).map(([status, count]): Sample => [{ queue, status }, count]),
      ),
    ),
    metric(
      'baton_running',
      'gauge',
      '1 while a process works on a task.',
      each(({ live }) => (live ? 1 : 0)),
    ),
    metric(
      'baton_paused',
      'gauge',
      '1 while the queue is paused.',
      each(({ paused }) => (paused ? 1 : 0)),
    ),
    metric(
      'baton_held',
      'gauge',
      '1 while the queue waits for a limit or a backoff.',
      each(({ hold }) => (hold ? 1 : 0)),
    ),
    metric(
      'baton_queued_runs',
      'gauge',
      'Runs queued behind the current one.',
      each(({ queuedTotal }) => queuedTotal),
    ),
    metric(
      'baton_run_cost_usd',
      'gauge',
      'Cost of the current or latest run.',
      each(({ run }) => run?.costUsd ?? 0),
    ),
    metric(
      'baton_today_cost_usd',
      'gauge',
      'Cost of the local day.',
      each(({ todayUsd }) => todayUsd),
    ),
    metric(
      'baton_asks_open',
      'gauge',
      'Asks waiting for a person.',
      [...asked].map(([kind, n]): Sample => [{ kind }, n]),
    ),
    metric(
      'baton_ask_oldest_seconds',
      'gauge',
      'How long the oldest open ask has waited.',
      one(asks.length === 0 ? 0 : Math.max(0, now() - oldest) / 1_000),
    ),
    metric(
      'baton_tasks_ended_total',
      'counter',
      'Tasks that ended since the start, by status.',
      [...meter.tasks].map(([status, n]): Sample => [{ status }, n]),
    ),
    histogram('baton_task_seconds', 'From the start of a task to its end, asks included.', meter.taskSeconds),
    histogram('baton_ask_wait_seconds', 'How long people took to answer.', meter.waitSeconds),
    metric('baton_events_total', 'counter', 'Stored events since the start.', one(meter.events())),
    metric('baton_http_followers', 'gauge', 'Connections following the events.', one(hub.count())),
    metric('baton_http_requests_total', 'counter', 'Requests since the start.', requests(meter.requests)),
    histogram('baton_http_request_seconds', 'Time to answer a request.', meter.requestSeconds),
    metric('baton_memory_bytes', 'gauge', 'Memory of the process.', [
      [{ kind: 'resident' }, memory.rss],
      [{ kind: 'heap' }, memory.heapUsed],
    ]),
  ].join('')
}

const requests = (counted: ReadonlyMap<string, number>): Sample[] =>
  [...counted].map(([label, n]): Sample => {
    const [method = '', route = '', status = ''] = label.split(' ')
    return [{ method, route, status }, n]
  })
