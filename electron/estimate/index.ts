export {
  type EstimateNeeds,
  EstimateService,
  type EstimateSettings,
} from './estimate-service';
export { readPriceBook } from './price-book';
export { estimateRouter } from './router';
export { parseSchedule } from './schedule-rate';
