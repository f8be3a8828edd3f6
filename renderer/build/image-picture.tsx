/** Layers that make one box. */
export function ImagePicture() {
  return (
    <svg
      width="120"
      height="84"
      viewBox="0 0 120 84"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      aria-hidden="true"
    >
      <path d="M60 8 104 26 60 44 16 26Z" strokeLinejoin="round" />
      <path d="M16 42 60 60 104 42" strokeLinejoin="round" opacity="0.6" />
      <path d="M16 58 60 76 104 58" strokeLinejoin="round" opacity="0.35" />
    </svg>
  );
}
