/** The plan as a diff: each change, its price, the total, and the one button that carries the price. While it runs the same list ticks. */
import { Button, Table } from '@mantine/core';
import { IconCheck, IconLoader2, IconX } from '@tabler/icons-react';
import { type Change, type DeployPlan, type DeployState, totalDetails } from '../../shared/deploy';
import { TARGET_TITLES } from '../../shared/estimate';
import { Card, callOrNotify, ErrorNotice, Notice, useCall } from '../ui';
import styles from './deploy.module.css';
import { CHANGE_SIGNS, CHANGE_WORDS, deployLabel, priceWords } from './deploy-words';

type Progress = DeployState['progress'][string];

export function PlanView({ state, plan }: { state: DeployState; plan: DeployPlan }) {
  const { activity } = state;
  const progress = activity.kind === 'applying' ? activity.progress : state.progress;
  return (
    <Card>
      <section aria-label="Plan" data-testid="plan">
        {plan.place !== null && (
          <p className={styles.place} data-testid="plan-place">
            On {plan.place}
          </p>
        )}
        <Table className={styles.plan}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className={styles.sign}>
                <span className={styles.hidden}>Kind</span>
              </Table.Th>
              <Table.Th>Change</Table.Th>
              <Table.Th className="num">Price</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {plan.changes.map((change) => (
              <ChangeRow key={change.id} change={change} progress={progress[change.id]} />
            ))}
            <TotalRow plan={plan} />
          </Table.Tbody>
        </Table>
        {plan.warnings.map((warning) => (
          <div key={warning} className={styles.warning}>
            <Notice tone="warn">{warning}</Notice>
          </div>
        ))}
        <PlanActions key={plan.id} state={state} plan={plan} />
      </section>
    </Card>
  );
}

function ChangeRow({ change, progress }: { change: Change; progress: Progress | undefined }) {
  return (
    <Table.Tr
      className={styles[change.kind]}
      data-testid="plan-change"
      data-state={progress ?? 'planned'}
    >
      <Table.Td className={styles.sign}>
        <ProgressSign change={change} progress={progress} />
      </Table.Td>
      <Table.Td>
        {change.what}
        <div className={styles.detail}>{change.detail}</div>
      </Table.Td>
      <Table.Td
        className={`num ${change.price.kind === 'priced' ? '' : 'dim'}`}
        title={change.price.kind === 'unknown' ? change.price.why : undefined}
      >
        {priceWords(change.price)}
      </Table.Td>
    </Table.Tr>
  );
}

function ProgressSign({ change, progress }: { change: Change; progress: Progress | undefined }) {
  const role = { role: 'img', size: 15 } as const;
  switch (progress) {
    case 'done':
      return <IconCheck {...role} aria-label="done" color="var(--ok)" />;
    case 'failed':
      return <IconX {...role} aria-label="failed" color="var(--bad)" />;
    case 'doing':
      return <IconLoader2 {...role} aria-label="under way" className={styles.spin} />;
    default:
      return (
        <span role="img" aria-label={CHANGE_WORDS[change.kind]} title={CHANGE_WORDS[change.kind]}>
          {CHANGE_SIGNS[change.kind]}
        </span>
      );
  }
}

function TotalRow({ plan }: { plan: DeployPlan }) {
  const { total } = plan;
  const details = totalDetails(plan);
  return (
    <Table.Tr className={styles.total} data-testid="plan-total">
      <Table.Td />
      <Table.Td>
        Total
        {total.kind === 'unknown' && <div className={styles.detail}>{total.why}</div>}
        {details.length > 0 && <div className={styles.detail}>{details.join(' · ')}</div>}
      </Table.Td>
      <Table.Td className="num">{priceWords(total)}</Table.Td>
    </Table.Tr>
  );
}

function PlanActions({ state, plan }: { state: DeployState; plan: DeployPlan }) {
  const apply = useCall((studio) => studio.deploy.apply({ planId: plan.id }));
  const states = Object.values(state.progress);
  const isBegun = states.some((one) => one !== 'planned');
  const isDone = isBegun && plan.changes.every(({ id }) => state.progress[id] === 'done');
  if (state.activity.kind === 'applying' || isDone) return null;
  return (
    <div className={styles.actions}>
      {apply.error !== null && <ErrorNotice error={apply.error} />}
      <Button data-testid="deploy-apply" loading={apply.isPending} onClick={() => void apply.run()}>
        {isBegun ? 'Go on where it stopped' : deployLabel(TARGET_TITLES[plan.targetId], plan.total)}
      </Button>
      <Button
        variant="default"
        data-testid="deploy-discard"
        onClick={() => void callOrNotify((studio) => studio.deploy.discardPlan())}
      >
        Discard the plan
      </Button>
      {plan.place !== null && <span className={styles.detail}>On {plan.place}</span>}
    </div>
  );
}
