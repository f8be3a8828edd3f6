/** `npm run bench -- analyse [folder]`: the analysis alone, as `bench/steps/analysis.mjs` measures it. */
import { benchAnalysis } from './steps/analysis.mjs';

await benchAnalysis();
