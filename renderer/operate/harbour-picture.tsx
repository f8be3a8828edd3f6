/** A boat on the water. */
export function HarbourPicture() {
  return (
    <svg
      width="128"
      height="84"
      viewBox="0 0 128 84"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M34 44h60l-10 16H46Z" />
      <path d="M62 44V14l24 22H62" opacity="0.6" />
      <path d="M8 70q9-7 18 0t18 0 18 0 18 0 18 0 18 0" opacity="0.4" />
    </svg>
  );
}
