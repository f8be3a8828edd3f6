/** Cells to steps, with peers beside us: cells are analysed, the package is generated, run, and run again with nothing changed. */

import { benchAnalysis } from './steps/analysis.mjs';
import { openStepsDesk } from './steps/desk.mjs';
import { generate } from './steps/generate.mjs';
import { recorder } from './steps/recorder.mjs';
import { run } from './steps/run.mjs';
import { unchanged } from './steps/unchanged.mjs';

// `npm run bench -- steps`; SLIPWAY_BENCH=run,unchanged for some of the parts.
const PARTS = { analysis: () => benchAnalysis(), generate, recorder, run, unchanged };
const wanted = process.env.SLIPWAY_BENCH?.split(',') ?? Object.keys(PARTS);

const desk = await openStepsDesk();
try {
  for (const name of wanted) {
    console.log(`  ${name}`);
    await PARTS[name](desk);
  }
} finally {
  desk.remove();
}
