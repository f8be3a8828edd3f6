/** A list of changes, each with its sign. */
export function PlanPicture() {
  return (
    <svg
      width="120"
      height="84"
      viewBox="0 0 120 84"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <rect x="14" y="8" width="92" height="68" rx="8" opacity="0.35" />
      <path d="M26 26h8M30 22v8M26 42q2-4 4 0t4 0M26 58h8" />
      <path d="M44 26h36M44 42h26M44 58h32" opacity="0.6" />
      <path d="M92 26h4M88 42h8M92 58h4" opacity="0.6" />
    </svg>
  );
}
