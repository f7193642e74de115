import type { Config, EnvironmentConfig } from './types.ts'

/** An environment of the configuration, with the queue that deploys to it. */
export interface PlacedEnvironment {
  queue: string
  environment: Pick<EnvironmentConfig, 'name' | 'branches' | 'approve' | 'url'>
}

/** Every environment that the configuration names, in its order. */
export const environmentsIn = ({ projects }: Pick<Config, 'projects'>): PlacedEnvironment[] =>
  projects.flatMap(({ name, pipelines }) =>
    pipelines?.queue === name
      ? Object.values(pipelines.environments).map((environment) => ({ queue: name, environment }))
      : [],
  )
