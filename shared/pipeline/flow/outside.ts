/** What a cell takes from outside the notebook: the network, the clock, and what looks like a secret in its text. */
import type { CellFacts } from '../facts';

const REQUESTS =
  /^(?:requests|httpx|urllib\.request|urllib3|aiohttp|wget|gdown|ftplib|paramiko|boto3|smtplib|socket)\.\w|^sklearn\.datasets\.fetch_|^(?:datasets\.load_dataset|huggingface_hub\.\w+_download|kagglehub\.|yfinance\.download|openml\.|seaborn\.load_dataset|tensorflow_datasets\.load|nltk\.download)/;

/** A call of this function reaches for the network. */
export const isNetwork = (path: string) => REQUESTS.test(path);

const ADDRESS = /^(?:https?|ftp|s3|gs|gcs|abfss?|wss?):\/\//i;
export const isAddress = (text: string | null) => text !== null && ADDRESS.test(text);

const CLOCKS =
  /^(?:time\.(?:time|time_ns|localtime|gmtime|ctime|strftime)|datetime\.(?:datetime\.|date\.)?(?:now|utcnow|today)|pandas\.(?:Timestamp\.(?:now|today|utcnow)|to_datetime\.today))$/;

/** It gives another value each time it is asked. */
export const isClock = (path: string) => CLOCKS.test(path);

const NAMED =
  /\b(\w*(?:password|passwd|secret|token|api_?key|access_?key|private_?key)\w*)["']?\]?\s*[=:]\s*(["'])([^"'\s]{8,})\2/gi;
const KNOWN =
  /\b(?:AKIA[A-Z\d]{16}|gh[pousr]_\w{36,}|hf_[A-Za-z]{30,}|sk-[\w-]{20,}|xox[abp]-[\w-]{10,}|AIza[\w-]{35})\b/g;
const PLACEHOLDER =
  /your|xxx|\.\.\.|<|\[|\{|example|changeme|insert|replace|placeholder|[*•]{3}|\//i;

/** Values that look like a password or a key; where to put them is a secret parameter. */
export function secretsIn(source: string): CellFacts['secrets'] {
  if (!/password|passwd|secret|token|key|AKIA|gh[pousr]_|hf_|sk-|xox|AIza/i.test(source)) return [];
  const found: CellFacts['secrets'] = [];
  source.split('\n').forEach((text, at) => {
    const isRemark = /^\s*#/.test(text);
    for (const [, name = '', , value = ''] of isRemark ? [] : text.matchAll(NAMED)) {
      if (!PLACEHOLDER.test(value) && /\d/.test(value)) found.push({ name, line: at + 1 });
    }
    const isNew = !found.some(({ line }) => line === at + 1);
    if (isNew && KNOWN.test(text)) found.push({ name: null, line: at + 1 });
    KNOWN.lastIndex = 0;
  });
  return found;
}
