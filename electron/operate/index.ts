export { ended, type OperateNeeds, OperateService } from './operate-service';
export { operateRouter } from './router';
