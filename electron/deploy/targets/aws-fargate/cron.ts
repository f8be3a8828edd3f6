/** Five fields as crontab has them to the six of EventBridge Scheduler: days count from 1, and one of the two days is `?`. */
import { fail } from '../../../../shared/base/studio-error';

export function awsCron(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  ) {
    return fail('invalid-input', `“${cron}” is not a schedule of five fields.`);
  }
  if (day !== '*' && weekday !== '*') {
    fail(
      'invalid-input',
      `The schedule “${cron}” names days of the month and of the week. EventBridge Scheduler takes one of the two: put * for the other.`,
    );
  }
  const days = weekday === '*' ? `${day} ${month} ?` : `? ${month} ${weekdays(weekday, cron)}`;
  return `cron(${minute} ${hour} ${days} *)`;
}

const NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

function weekdays(field: string, cron: string): string {
  return field
    .split(',')
    .map((part) => {
      const [days = '', step] = part.split('/');
      const [from = '', to] = days.split('-').map((each) => weekday(each, cron));
      const range = to === undefined ? from : `${from}-${to}`;
      return step === undefined ? range : `${range}/${step}`;
    })
    .join(',');
}

function weekday(text: string, cron: string): string {
  if (text === '*') return 'SUN-SAT';
  const name = /^[0-7]$/.test(text) ? NAMES[Number(text)] : text.toUpperCase();
  if (name !== undefined && NAMES.includes(name)) return name;
  return fail('invalid-input', `“${text}” in the schedule “${cron}” is no day of the week.`);
}
