export {
  type EstimateNeeds,
  EstimateService,
  type EstimateSettings,
  NO_ESTIMATE_SETTINGS,
} from './estimate-service';
export { readPriceBook } from './price-book';
export { estimateRouter } from './router';
export { parseSchedule } from './schedule-rate';
