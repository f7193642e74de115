import type { RunView, StatusView, TaskView } from '../../src/daemon/api/views.ts'
import type { Moment } from '../../src/text/times.ts'

import { at, zone } from './samples.ts'

export * from './samples.ts'

/** What views show, made up once for golden tests and for the page that people look at. */
export const moment = (clock: string): Moment => ({ now: at(clock), zone })

export function sampleTaskView(fields: Partial<TaskView> = {}): TaskView {
  return {
    id: 'ktask3aaaaaaaaaa',
    number: 3,
    title: 'Add a login endpoint',
    type: 'backend',
    priority: 'high',
    status: 'running',
    where: 'tasks/today.md:14',
    file: 'tasks/today.md',
    line: 14,
    dependsOn: [],
    attempts: 1,
    startedAt: at('21:10'),
    costUsd: 0.42,
    turns: 14,
    ...fields,
  }
}

export const sampleTasks: TaskView[] = [
  ['Set up the project', 'done', '20:40', '20:44:12', 0.31],
  ['Database schema for people, orders and invoices', 'done', '20:44:12', '20:58:40', 1.12],
  ['Add a login endpoint', 'done', '21:10', '21:21:30', 0.87],
  ['Add a logout endpoint', 'done', '21:21:30', '21:24:05', 0.19],
  ['Import the old customers', 'failed', '21:24:05', '22:31:00', 2.4],
  ['Send the first newsletter', 'blocked', undefined, undefined, 0],
  ['README for the API', 'skipped', undefined, undefined, 0],
].map(([title, status, from, to, cost], i) => {
  const { startedAt: _, ...view } = sampleTaskView({
    id: `ktask${i + 1}aaaaaaaaaa`,
    number: i + 1,
    title: title as string,
    status: status as TaskView['status'],
    costUsd: cost as number,
  })
  return {
    ...view,
    ...(from !== undefined && { startedAt: at(from as string), endedAt: at(to as string) }),
    ...(status === 'blocked' && { blockedBy: [5] }),
  }
})

export function sampleRun(fields: Partial<RunView> = {}): RunView {
  return {
    id: '2026-11-21-204000-ab3d',
    queue: 'main',
    status: 'running',
    files: ['tasks/today.md'],
    autoApprove: false,
    createdAt: at('20:40'),
    startedAt: at('20:40'),
    costUsd: 4.89,
    total: 7,
    counts: {
      queued: 4,
      running: 1,
      waiting: 0,
      verifying: 0,
      merging: 0,
      taken_over: 0,
      done: 2,
      failed: 0,
      skipped: 0,
      blocked: 0,
      undone: 0,
    },
    ...fields,
  }
}

export function sampleStatus(fields: Partial<StatusView> = {}): StatusView {
  return {
    queue: 'main',
    runner: { pid: 4242, since: at('08:00'), kind: 'daemon' },
    run: sampleRun(),
    running: [sampleTaskView()],
    current: sampleTaskView(),
    lives: [],
    live: {
      runId: '2026-11-21-204000-ab3d',
      taskId: 'ktask3aaaaaaaaaa',
      task: 3,
      title: 'Add a login endpoint',
      activity: 'editing src/routes/login.ts',
      startedAt: at('21:10'),
      turns: 14,
      costUsd: 0.42,
      lastOutputAt: at('21:14:01'),
      checkedAt: at('21:14:05'),
    },
    asks: [],
    queuedRuns: [],
    queuedTotal: 0,
    todayUsd: 1.85,
    ...fields,
  }
}
