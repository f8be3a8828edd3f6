/** The mark: a ship leaving the slipway. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path d="M2 6h9l-3 5H4z" fill="var(--accent)" />
      <path
        d="M1 13.5c2 0 2 1.3 4.2 1.3s2.3-1.3 4.5-1.3 2.2 1.3 4.4 1.3 2.2-1.3 4.4-1.3"
        stroke="var(--accent)"
        strokeWidth="1.6"
        fill="none"
      />
      <path d="M2 11.5 18 17" stroke="var(--faint)" strokeWidth="1" />
    </svg>
  );
}
