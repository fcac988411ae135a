/** The product's mark: a turntable and the tracks that lead to it. */
export function Mark({ size }: { size: number }) {
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      fill="none"
      stroke="var(--accent)"
      strokeWidth="2.5"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="16" cy="19.5" r="9" />
      <path d="M10.6 21.9 18.4 14.1M13.6 24.9 21.4 17.1M16 6.5V2.5M25.2 10.3 28 7.5M6.8 10.3 4 7.5" />
    </svg>
  );
}
