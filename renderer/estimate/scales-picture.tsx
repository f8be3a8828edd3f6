/** Three ranges on one scale. */
export function ScalesPicture() {
  return (
    <svg
      width="132"
      height="80"
      viewBox="0 0 132 80"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M10 16h112M10 40h112M10 64h112" opacity="0.25" />
      <path d="M14 16h18M38 40h44M58 64h52" strokeWidth="8" opacity="0.5" />
      <path d="M22 9v14M54 33v14M82 57v14" strokeWidth="3" />
    </svg>
  );
}
