/** A folder with a file of code in it. */
export function PackagePicture() {
  return (
    <svg
      width="120"
      height="84"
      viewBox="0 0 120 84"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M12 22a6 6 0 0 1 6-6h24l8 10h52a6 6 0 0 1 6 6v38a6 6 0 0 1-6 6H18a6 6 0 0 1-6-6Z" />
      <path d="M44 40l-8 9 8 9M76 40l8 9-8 9M64 38l-8 22" opacity="0.55" />
    </svg>
  );
}
