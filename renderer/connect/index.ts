/** Stage connect in the window: the kernel chip and the dialog behind it. */
export { ConnectDialog } from './connect-dialog';
export { KernelChip } from './kernel-chip';
export { KernelNotice } from './kernel-notice';
