/** Cells on the left become steps on the right. */
export function PipelinePicture() {
  return (
    <svg
      width="140"
      height="84"
      viewBox="0 0 140 84"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M8 14h30M8 28h22M8 42h30M8 56h18M8 70h26" opacity="0.45" />
      <path d="M48 42h10l-4-4m4 4-4 4" opacity="0.45" />
      <rect x="68" y="30" width="22" height="24" rx="5" />
      <rect x="110" y="8" width="22" height="24" rx="5" />
      <rect x="110" y="52" width="22" height="24" rx="5" />
      <path d="M90 42c12 0 8-22 20-22M90 42c12 0 8 22 20 22" opacity="0.6" />
    </svg>
  );
}
