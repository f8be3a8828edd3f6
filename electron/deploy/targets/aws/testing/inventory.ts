import { type AwsStand, CREDENTIALS, REGION } from './stand';

/** All that stands there, a line each. */
export async function inventoryOf({ byHand, ecs, lambda, endpoint }: AwsStand): Promise<string[]> {
  const { logs, ec2, elb, iam } = byHand;
  const config = { endpoint: endpoint.url, region: REGION, credentials: CREDENTIALS };
  const [{ ECR }, { Scheduler }] = await Promise.all([
    import('@aws-sdk/client-ecr'),
    import('@aws-sdk/client-scheduler'),
  ]);
  const ecr = new ECR(config);
  const scheduler = new Scheduler(config);
  const { repositories = [] } = await ecr.describeRepositories({});
  const images = await Promise.all(
    repositories.map(
      async ({ repositoryName }) => (await ecr.listImages({ repositoryName })).imageIds ?? [],
    ),
  );
  const { state } = ecs;
  const alive = <T extends { status?: string }>(all: Iterable<T>, ...gone: string[]): T[] =>
    [...all].filter(({ status }) => !gone.includes(status ?? ''));
  return [
    ...((await logs.describeLogGroups({})).logGroups ?? []).map(
      (each) => `log group ${each.logGroupName}`,
    ),
    ...repositories.map((each) => `repository ${each.repositoryName}`),
    ...images.flat().map((each) => `image ${each.imageTag}`),
    ...((await iam.listRoles({})).Roles ?? []).map((each) => `role ${each.RoleName}`),
    ...((await ec2.describeSecurityGroups({})).SecurityGroups ?? []).map(
      (each) => `group ${each.GroupName}`,
    ),
    ...((await ec2.describeNetworkInterfaces({})).NetworkInterfaces ?? []).map(
      (each) => `card ${each.NetworkInterfaceId}`,
    ),
    ...((await ec2.describeAddresses({})).Addresses ?? []).map(
      (each) => `address ${each.PublicIp}`,
    ),
    ...((await elb.describeLoadBalancers({})).LoadBalancers ?? []).map(
      (each) => `balancer ${each.LoadBalancerName}`,
    ),
    ...((await elb.describeTargetGroups({})).TargetGroups ?? []).map(
      (each) => `targets ${each.TargetGroupName}`,
    ),
    ...((await scheduler.listScheduleGroups({})).ScheduleGroups ?? []).map(
      (each) => `schedules ${each.Name}`,
    ),
    ...[...lambda.functions.values()].flatMap(({ name, versions, aliases }) => [
      `function ${name}`,
      ...versions.map(({ config }) => `version ${name}:${config.Version}`),
      ...[...aliases.keys()].map((alias) => `alias ${name}:${alias}`),
    ]),
    ...alive(state.clusters.values(), 'INACTIVE').map((each) => `cluster ${each.clusterName}`),
    ...alive(state.definitions.values(), 'INACTIVE', 'DELETE_IN_PROGRESS').map(
      (each) => `definition ${each.taskDefinitionArn}`,
    ),
    ...alive(state.services.values(), 'INACTIVE').map((each) => `service ${each.serviceName}`),
    ...[...state.tasks.values()]
      .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
      .map((each) => `task ${each.group}`),
  ].sort();
}
